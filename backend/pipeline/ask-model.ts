import { type Character, type Message } from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { type LanguageModel, type ReplyEvent, type ReplyRequest } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { withDeadline } from '../lib/deadline.ts'
import { type PromptMode } from '../prompt/prompt-input.ts'
import { sceneOf } from '../prompt/scene.ts'
import { type ClientLink } from './client-link.ts'
import { type History } from './history.ts'
import { type Prompt, type Prompter } from './prompter.ts'
import { type Room } from './room.ts'
import { type Turn } from './turn.ts'

export interface AskModelDeps {
  readonly clock: Clock
  readonly link: Pick<ClientLink, 'hasSound'>
  readonly model: LanguageModel
  readonly room: Room
  readonly history: History
  readonly prompter: Prompter
  readonly config: Pick<Config, 'first_token_timeout_ms' | 'token_timeout_ms'>
}

export interface Question {
  readonly speaker: Character
  readonly cast: readonly Character[]
  readonly mode: PromptMode
  /** Only what was said before this message counts. */
  readonly before?: string | undefined
  /** The last line, which is to go on: it stands behind those before it. */
  readonly unfinished?: Message | undefined
  /** How often this was tried before. */
  readonly attempt?: number
}

export interface Asked {
  readonly prompt: Prompt
  readonly request: ReplyRequest
}

/** Puts together what the model is asked for the speaker's next words. @throws AppError `invalid` if it does not fit. */
export async function question(deps: AskModelDeps, asked: Question): Promise<Asked> {
  const { room, history, prompter, link } = deps
  const { speaker, cast } = asked
  await history.idle()
  const { conversationId, modelSettings: settings } = room
  const isOnlyRead = link.hasSound === false
  const prompt = await prompter.prompt({
    ...asked,
    conversationId,
    settings,
    isOnlyRead,
    unanswered: history.unanswered,
  })
  const isNext = asked.before === undefined && asked.mode !== 'impersonate'
  if (isNext) await prompter.keep({ conversationId }, prompt)
  const told = prompt.history.filter(({ content, is_excluded }) => content !== '' && !is_excluded)
  const request = {
    messages: prompt.messages,
    settings,
    scene: sceneOf({ speaker, cast, history: told }),
    stops: prompt.stops,
    ...(prompt.tools.length > 0 ? { tools: prompt.tools } : {}),
  }
  return { prompt, request }
}

/** Streams the model's answer, and gives up when it takes too long. */
export function ask(deps: AskModelDeps, turn: Turn, request: ReplyRequest): AsyncIterable<ReplyEvent> {
  const { clock, model, config } = deps
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
