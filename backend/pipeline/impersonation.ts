import { AppError } from '../errors.ts'
import { ReplyCleaner } from './clean-reply.ts'
import { type ConversationTurnDeps } from './conversation-turn.ts'
import { ask, question } from './ask-model.ts'
import { type Turn } from './turn.ts'

/** Nobody types more than that. */
const MAX_CHARACTERS = 8_000

/** Writes the user's next line as the model imagines it, for the user to send or not. Nothing is spoken or stored. */
export async function runImpersonation(deps: ConversationTurnDeps, turn: Turn): Promise<void> {
  const { room, history, queue, gate, model } = deps
  const cast = await room.cast()
  const last = (await history.lines(room.conversationId, 1)).at(-1)
  queue.announce(turn, { user_message_id: last?.message_id ?? '', responders: [] })
  const [speaker] = cast
  if (!speaker || !model.profile().isLanguageModel) {
    throw new AppError('invalid', 'Only a language model can write your line; choose one in the settings')
  }
  const { prompt, request } = await question(deps, { speaker, cast, mode: 'impersonate' })
  const others = cast.flatMap(({ name, nickname }) => [name, nickname])
  const cleaner = new ReplyCleaner({ speaker: prompt.userName, others, isUser: true })
  let length = 0
  const show = (text: string): void => {
    length += text.length
    const data = { epoch: turn.epoch, text, is_final: false }
    if (text !== '') gate.send(turn, { type: 'impersonation', data })
  }
  for await (const event of ask(deps, turn, request)) {
    if (event.type === 'text') show(cleaner.push(event.text))
    if (cleaner.isCut || length > MAX_CHARACTERS) break
  }
  show(cleaner.end())
  gate.send(turn, { type: 'impersonation', data: { epoch: turn.epoch, text: '', is_final: true } })
  queue.finish(turn, 'completed')
}
