import { type ModelTrial } from '#shared/protocol/settings.ts'
import { type LanguageModel, type ReplyRequest } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'

/** So much of the answer is enough to see that it is one. */
const ENOUGH_CHARACTERS = 120
/** Room for models that think first. */
const MAX_TOKENS = 400
const QUESTION = 'Say good evening to the audience in one short sentence.'

/** Has a model say a few words, and takes the time. @throws AppError `engine_…`; the signal's reason. */
export async function tryModel(
  model: LanguageModel,
  settings: ReplyRequest['settings'],
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<ModelTrial> {
  const startMs = clock.nowMs()
  let ttftMs: number | undefined
  let text = ''
  let answered = settings.model ?? model.profile().id
  for await (const event of model.streamReply(trialRequest(settings), signal)) {
    if (event.type === 'text' && event.text !== '') {
      ttftMs ??= clock.nowMs() - startMs
      text += event.text
    }
    if (event.type === 'finish') answered = event.report?.model ?? answered
    if (text.length >= ENOUGH_CHARACTERS) break
  }
  if (ttftMs === undefined) {
    throw new AppError('engine_failed', 'The model answered without a word; try another one')
  }
  return { model: answered, ttft_ms: ttftMs, total_ms: clock.nowMs() - startMs, text: text.trim() }
}

function trialRequest(settings: ReplyRequest['settings']): ReplyRequest {
  const speaker = { id: 'trial', name: 'Nora', personality: '', firstMessage: '' }
  return {
    messages: [{ role: 'user', content: QUESTION }],
    settings: { ...settings, max_tokens: MAX_TOKENS },
    scene: {
      speaker,
      cast: [speaker],
      history: [{ speaker: 'user', name: 'You', text: QUESTION }],
    },
  }
}
