import { type Character } from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { type LanguageModel, type ReplyEvent } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { buildPrompt, sceneOf } from '../prompt/build-prompt.ts'
import { type History } from './history.ts'
import { type Room } from './room.ts'
import { type Turn } from './turn.ts'

const HISTORY_MESSAGES = 200
/** What models call a user whose name they do not know. */
export const ANONYMOUS = 'User'

export type PromptMode = 'reply' | 'continue' | 'auto' | 'impersonate'

export interface AskModelDeps {
  readonly clock: Clock
  readonly model: LanguageModel
  readonly room: Room
  readonly history: History
  readonly config: Pick<Config, 'user_name' | 'first_token_timeout_ms' | 'token_timeout_ms'>
}

export interface Question {
  readonly turn: Turn
  readonly speaker: Character
  readonly cast: readonly Character[]
  readonly mode: PromptMode
  /** Only what was said before this message counts. */
  readonly before?: string | undefined
}

/** Asks the model for what the speaker says next. */
export async function askModel(deps: AskModelDeps, question: Question): Promise<AsyncIterable<ReplyEvent>> {
  const { turn, speaker, cast, before } = question
  const { clock, model, room, config } = deps
  const history = await deps.history.lines(room.conversationId, HISTORY_MESSAGES, before)
  const input = { speaker, cast, history, userName: config.user_name ?? ANONYMOUS }
  const request = { messages: buildPrompt(input), settings: room.modelSettings, scene: sceneOf(input) }
  turn.timings.modelAskedAtMs ??= clock.nowMs()
  return withDeadline((stop) => model.streamReply(request, stop), {
    clock,
    signal: turn.signal,
    firstMs: config.first_token_timeout_ms,
    nextMs: config.token_timeout_ms,
    onLate: () =>
      new AppError(
        'engine_timeout',
        `The language model "${model.name}" did not answer in time; your message is safe, try again`,
      ),
  })
}
