import { type Embedded, type EmbedRequest, type LanguageModel } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { type Directory } from './contract.ts'
import { type LocalModels } from './local-models.ts'

export interface EmbedDeps {
  readonly directory: Pick<Directory, 'find'>
  readonly model: LanguageModel
  readonly local?: LocalModels | undefined
}

/**
 * What texts mean, as vectors.
 * @throws AppError `not_found` for an unknown model, `invalid` for a character or where nothing makes vectors;
 *   `engine_…`; the signal's reason.
 */
export type Embed = (
  request: EmbedRequest & { readonly model: string },
  signal: AbortSignal,
) => Promise<Embedded>

export function createEmbed({ directory, model, local }: EmbedDeps): Embed {
  return async (request, signal) => {
    const talkable = await directory.find(request.model, signal)
    if (!talkable) throw new AppError('not_found', `There is no model "${request.model.slice(0, 200)}"`)
    if (talkable.kind === 'character') {
      throw new AppError('invalid', `"${talkable.name}" is a character: embeddings come from models only`)
    }
    const isLocal = local?.service.overview().runners.some(({ id }) => id === talkable.id) ?? false
    const engine = isLocal && local ? local.model : model
    if (!engine.embed || (!isLocal && !engine.profile(talkable.id).isLanguageModel)) {
      throw new AppError(
        'invalid',
        'Nothing here makes embeddings: set llm_base_url to a server that has a model for them, or add a runner',
      )
    }
    return engine.embed({ ...request, model: talkable.id }, signal)
  }
}
