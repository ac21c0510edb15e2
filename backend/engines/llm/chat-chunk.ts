import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { type ReplyEvent } from '../contracts.ts'

export interface ChatChunk {
  readonly text: string
  readonly reasoning: string
  readonly finishReason: FinishReason | undefined
  readonly tokens: number | undefined
}

type FinishReason = Extract<ReplyEvent, { type: 'finish' }>['reason']

/** Only what we read, and lenient: every server adds and leaves out fields. */
const Delta = z.object({
  content: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  reasoning: z.string().nullish(),
})
const Chunk = z.object({
  choices: z.array(z.object({ delta: Delta.nullish(), finish_reason: z.string().nullish() })).nullish(),
  usage: z.object({ completion_tokens: z.number().nullish() }).nullish(),
})

/**
 * Reads one event of a chat completion stream.
 * @throws AppError `engine_failed` if it is not one.
 */
export function readChatChunk(data: unknown, label: string): ChatChunk {
  const parsed = Chunk.safeParse(data)
  if (!parsed.success) {
    throw new AppError('engine_failed', `The ${label} answered something that is not a chat completion`, {
      cause: parsed.error,
    })
  }
  const choice = parsed.data.choices?.[0]
  return {
    text: choice?.delta?.content ?? '',
    reasoning: choice?.delta?.reasoning_content ?? choice?.delta?.reasoning ?? '',
    finishReason: finishReason(choice?.finish_reason, label),
    tokens: parsed.data.usage?.completion_tokens ?? undefined,
  }
}

function finishReason(reason: string | null | undefined, label: string): FinishReason | undefined {
  if (reason === null || reason === undefined || reason === '') return undefined
  if (reason === 'error') {
    throw new AppError('engine_failed', `The ${label} broke off its answer; look at its log, then try again`)
  }
  return reason === 'length' || reason === 'content_filter' ? reason : 'stop'
}
