import { type ReplyEvent, type ReplyReport } from '../contracts.ts'
import { type ReplyEnd } from './reply-stream.ts'

type Finish = Extract<ReplyEvent, { type: 'finish' }>

export interface ReplyCircumstances {
  readonly model: string
  readonly failedModels: ReadonlySet<string>
  readonly attempts: number
  readonly cost: number | undefined
}

/** The last event of a reply, with how it came about. */
export function replyReport({ reason, usage }: ReplyEnd, circumstances: ReplyCircumstances): Finish {
  const { model, failedModels, attempts, cost } = circumstances
  const { promptTokens, cachedTokens, reasoningTokens, completionTokens } = usage
  const report: ReplyReport = {
    model,
    failedModels: [...failedModels],
    attempts,
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(cachedTokens === undefined ? {} : { cachedTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
    ...(cost === undefined ? {} : { cost }),
  }
  const tokens = completionTokens === undefined ? {} : { tokens: completionTokens }
  return { type: 'finish', reason, ...tokens, report }
}
