import { type Config } from '../../config.ts'
import { type LanguageModel, type ReplyEvent } from '../../engines/contracts.ts'
import { AppError } from '../../errors.ts'
import { abortReason } from '../../lib/abort.ts'
import { type Clock } from '../../lib/clock.ts'
import { type Store } from '../../store/contract.ts'
import { characterQuestion } from './character-prompt.ts'
import {
  type Directory,
  type Generate,
  type GenerateEvent,
  type GenerateRequest,
  type Talkable,
} from './contract.ts'
import { type LocalModels } from './local-models.ts'
import { Meter } from './meter.ts'
import { modelQuestion, type Question } from './question.ts'
import { cleaned, limited } from './reply-filters.ts'
import { whileLoading } from './while-loading.ts'

export interface GenerateDeps {
  readonly directory: Pick<Directory, 'find'>
  readonly model: LanguageModel
  readonly store: Pick<Store, 'characters' | 'personas' | 'lorebooks'>
  readonly clock: Clock
  readonly config: Pick<Config, 'user_name' | 'llm_settings'>
  readonly local?: LocalModels | undefined
}

/** A character whose model speaks for others only is asked once more; then its silence is accepted. */
const ATTEMPTS = 2

/** Asks models and characters alike, for all doors. */
export function createGenerate(deps: GenerateDeps): Generate {
  return async function* generate(request, signal): AsyncGenerator<GenerateEvent> {
    const meter = new Meter(deps.clock)
    const talkable = await foundIn(deps.directory, request.model, signal)
    for (let attempt = 1; ; attempt += 1) {
      const question = await questionOf(deps, { request, talkable }, attempt - 1)
      const isLastTry = question.names === undefined || attempt >= ATTEMPTS
      let hasSpoken = false
      let finish: Finish | undefined
      for await (const event of answerOf(deps, { question, talkable }, signal)) {
        if (event.type === 'finish') {
          finish = event
          break
        }
        if (event.type !== 'load') meter.take(event)
        hasSpoken ||= event.type === 'text' || event.type === 'tool_call'
        yield event
      }
      if (finish && !hasSpoken && !isLastTry) continue
      if (!finish) throw brokenOff(signal, talkable)
      yield meter.finish(finish, question.request)
      return
    }
  }
}

type Finish = Extract<ReplyEvent, { type: 'finish' }>
type Load = Extract<GenerateEvent, { type: 'load' }>

/** @throws AppError `not_found` */
async function foundIn(
  directory: Pick<Directory, 'find'>,
  name: string,
  signal: AbortSignal,
): Promise<Talkable> {
  const talkable = await directory.find(name, signal)
  if (signal.aborted) throw abortReason(signal)
  if (talkable) return talkable
  throw new AppError(
    'not_found',
    `There is no model "${name.slice(0, 200)}"; the list of models has all there are`,
  )
}

function questionOf(
  deps: GenerateDeps,
  { request, talkable }: { request: GenerateRequest; talkable: Talkable },
  attempt: number,
): Promise<Question> | Question {
  if (talkable.kind !== 'character') return modelQuestion(request, talkable.id)
  return characterQuestion(deps, { request, talkableId: talkable.id }, attempt)
}

function answerOf(
  deps: GenerateDeps,
  { question, talkable }: { question: Question; talkable: Talkable },
  signal: AbortSignal,
): AsyncIterable<ReplyEvent | Load> {
  const { request, names } = question
  const local = deps.local?.service.find(talkable.id)?.id === talkable.id ? deps.local : undefined
  const engine = local?.model ?? deps.model
  const { stops = [], settings } = request
  const told = engine.streamReply(request, signal)
  const isServer = engine.profile(settings.model).isLanguageModel
  const maxTokens = settings.max_tokens
  const ended = isServer ? told : limited(told, { stops: [...(settings.stop ?? []), ...stops], maxTokens })
  // What looks like a name in JSON is a key.
  const clean = names && request.format === undefined ? cleaned(ended, names) : ended
  const mustLoad = local !== undefined && talkable.state !== 'loaded'
  return mustLoad ? whileLoading(local.service, talkable.id, clean) : clean
}

function brokenOff(signal: AbortSignal, { id }: Talkable): Error {
  if (signal.aborted) return abortReason(signal)
  return new AppError('engine_failed', `"${id}" broke off its answer; try again`)
}
