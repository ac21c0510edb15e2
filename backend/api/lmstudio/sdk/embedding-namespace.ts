import { z } from 'zod'
import { type LmStudioDoor } from '../lmstudio-deps.ts'
import { Models, Specifier } from './model-namespace.ts'
import { type Namespace, read, type Rpc } from './namespace.ts'

const EmbedString = z.object({ modelSpecifier: Specifier, inputString: z.string() })

/** The SDK's `/embedding`. */
export function embeddingNamespace(door: LmStudioDoor): Namespace {
  const models = new Models(door, 'embedding')
  const embedString: Rpc = async (parameter, signal) => {
    const { modelSpecifier, inputString } = read(EmbedString, parameter)
    const talkable = await models.specified(modelSpecifier, signal)
    const { vectors } = await door.embed({ model: talkable.id, inputs: [inputString] }, signal)
    door.residence.use(talkable)
    return { embedding: vectors[0] ?? [] }
  }
  const { rpcs, channels } = models.namespace
  return { rpcs: new Map<string, Rpc>([...rpcs, ['embedString', embedString]]), channels }
}
