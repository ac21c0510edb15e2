import { type FastifyReply, type FastifyRequest } from 'fastify'
import { type CharacterPatch } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { type Talkable } from '../core/contract.ts'
import { untilGone } from '../client-gone.ts'
import { CHARACTER_PREFIX, slugOf } from '../core/talkable.ts'
import { characterName, characterOf, copyOf, MADE_HERE } from './characters.ts'
import { find } from './find.ts'
import { answerLines } from './lines.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { lastOf } from './pull.ts'
import { CreateRequest, nameIn, type OllamaMessage, read } from './requests.ts'

/** `POST /api/create`: what Ollama makes of a model and a system prompt is a character here. */
export async function create(door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const body = read(CreateRequest, request.body)
  const lines = createLines(door, { body, name: nameIn(body) }, untilGone(reply))
  return body.stream === false ? lastOf(lines) : answerLines(reply, lines)
}

interface Wish {
  readonly body: CreateRequest
  readonly name: string
}

async function* createLines(door: OllamaDoor, wish: Wish, signal: AbortSignal): AsyncGenerator<object> {
  const { body } = wish
  refuseFiles(body)
  const name = characterName(wish.name)
  const base = body.from ? await find(door.directory, body.from, signal) : undefined
  const existing = await door.directory.find(`${CHARACTER_PREFIX}${slugOf(name)}`, signal)
  yield { status: `creating the character "${name}"` }
  if (base && base.kind !== 'character') {
    yield { status: `it speaks through the model that is chosen in Troupe; "${body.from}" is not kept` }
  }
  if (Object.keys(body.parameters ?? {}).length > 0) {
    yield { status: 'parameters belong to conversations in Troupe; they are not kept' }
  }
  if (existing) await replace(door, existing, body)
  else await door.crud.run('create_character', await draftOf(door, { body, name }, base))
  door.directory.charactersChanged()
  yield { status: 'success' }
}

function refuseFiles({ from, system, messages, files, adapters, quantize }: CreateRequest): void {
  const hasFiles = Object.keys({ ...files, ...adapters }).length > 0
  if (hasFiles || quantize) {
    throw new AppError('bad_message', 'Troupe makes characters, not model files: send "from" and "system"')
  }
  if (from || system || messages?.length) return
  throw new AppError('bad_message', "neither 'from' or 'files' was specified")
}

async function draftOf(
  { crud }: OllamaDoor,
  { body, name }: Wish,
  base: Talkable | undefined,
): Promise<object> {
  const fields = { ...fieldsOf(body), tags: [MADE_HERE] }
  if (base?.kind !== 'character') return { name, ...fields }
  return { ...copyOf(await characterOf(crud, base), name), ...fields }
}

/** Made again: only what was made by a program in the first place is written over. */
async function replace({ crud }: OllamaDoor, existing: Talkable, body: CreateRequest): Promise<void> {
  const { id, name, tags } = await characterOf(crud, existing)
  if (!tags.includes(MADE_HERE)) {
    throw new AppError(
      'conflict',
      `There is a character "${name}" already; choose another name or delete it first`,
    )
  }
  const patch: CharacterPatch = { id, ...fieldsOf(body) }
  await crud.run('update_character', patch)
}

/** Absent is what the program says nothing about. */
function fieldsOf({ system, messages }: CreateRequest): {
  system_prompt?: string
  message_examples?: string
} {
  const examples = (messages ?? []).filter(({ role }) => role === 'user' || role === 'assistant')
  return {
    ...(system ? { system_prompt: system } : {}),
    ...(examples.length > 0 ? { message_examples: exampleOf(examples) } : {}),
  }
}

/** As cards write examples. */
function exampleOf(messages: readonly OllamaMessage[]): string {
  const lines = messages.map(({ role, content }) => {
    const speaker = role === 'user' ? '{{user}}' : '{{char}}'
    return `${speaker}: ${content ?? ''}`
  })
  return ['<START>', ...lines].join('\n')
}
