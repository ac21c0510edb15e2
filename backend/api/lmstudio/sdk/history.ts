import { z } from 'zod'
import { AppError } from '../../../errors.ts'
import { type DoorMessage } from '../../core/contract.ts'

const ToolCall = z.object({
  id: z.string().optional(),
  name: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()).optional(),
})

const ContentPart = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('file'), name: z.string().optional() }),
  z.object({ type: z.literal('toolCallRequest'), toolCallRequest: ToolCall }),
  z.object({ type: z.literal('toolCallResult'), content: z.string(), toolCallId: z.string().optional() }),
])

const HistoryMessage = z.object({
  role: z.enum(['assistant', 'user', 'system', 'tool']),
  content: z.array(ContentPart),
})
type HistoryMessage = z.infer<typeof HistoryMessage>

/** A conversation as the SDK keeps it. */
export const History = z.object({ messages: z.array(HistoryMessage) })
export type History = z.infer<typeof History>

/** @throws AppError `invalid` for files, which Troupe takes elsewhere. */
export function messagesOf({ messages }: History): DoorMessage[] {
  return messages.flatMap((message) => (message.role === 'tool' ? resultsOf(message) : [spoken(message)]))
}

function spoken({ role, content }: HistoryMessage): DoorMessage {
  if (content.some(({ type }) => type === 'file')) {
    throw new AppError('invalid', 'Files cannot be sent over this socket: send pictures to /api/v1/chat')
  }
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('')
  const toolCalls = content.flatMap((part) =>
    part.type === 'toolCallRequest' ? [callOf(part.toolCallRequest)] : [],
  )
  return { role, parts: [{ type: 'text', text }], ...(toolCalls.length === 0 ? {} : { toolCalls }) }
}

/** Every result is a message of its own. */
function resultsOf({ content }: HistoryMessage): DoorMessage[] {
  return content.flatMap((part) =>
    part.type === 'toolCallResult'
      ? [
          {
            role: 'tool',
            parts: [{ type: 'text', text: part.content }],
            toolCallId: part.toolCallId ?? UNNAMED,
          } satisfies DoorMessage,
        ]
      : [],
  )
}

/** Models that give their calls no id make one at a time. */
const UNNAMED = 'call_0'

function callOf({ id, name, arguments: args }: z.infer<typeof ToolCall>) {
  return { id: id ?? UNNAMED, name, argumentsJson: JSON.stringify(args ?? {}) }
}
