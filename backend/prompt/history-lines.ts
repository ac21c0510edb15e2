import { type Message } from '#shared/entities.ts'
import { type Draft, draftOf, type Piece } from './draft.ts'
import { type AssemblyInput } from './prompt-input.ts'
import { hashOf } from './seeded.ts'
import { lineName } from './speaker-names.ts'

/** Whether the model is told of a message at all. */
export function isTold({ content, is_excluded, tool_uses }: Message): boolean {
  return !is_excluded && (content !== '' || tool_uses.length > 0)
}

/**
 * A message as the speaker sees it: its own lines as its own, those of others with their names. A call of a tool, its
 * results and what was said about them are one.
 */
export function linesOf(message: Message, input: AssemblyInput): readonly Draft[] {
  const { speaker, cast, history } = input
  const piece: Piece = { name: 'history', text: heard(message), source: message.message_id }
  if (message.role === 'system') return draftOf('system', [piece])
  if (message.character_id === speaker.id) {
    const isUnfinished = input.mode === 'continue' && message === history.at(-1)
    const said = isUnfinished ? { ...piece, text: message.content } : piece
    return [...toolLines(message, input), ...draftOf('assistant', [said])]
  }
  const isAlone = cast.length <= 1 && message.role === 'user'
  const text = isAlone || message.content === '' ? piece.text : `${lineName(message, input)}: ${piece.text}`
  return draftOf('user', [{ ...piece, text }])
}

/** A cut line ends in a dash, so that the model knows it was interrupted. */
function heard({ content, is_interrupted }: Message): string {
  return is_interrupted && content !== '' ? `${content.trimEnd()}—` : content
}

/** What it looked up, for models that can be told so. Others have the answer it gave. */
function toolLines(message: Message, { model, tools = [] }: AssemblyInput): readonly Draft[] {
  const { tool_uses, message_id } = message
  if (!model.canUseTools || tools.length === 0 || tool_uses.length === 0) return []
  const toolCalls = tool_uses.map(({ name, arguments: given }, index) => ({
    id: callId(message_id, index),
    name,
    argumentsJson: JSON.stringify(given),
  }))
  const calls = toolCalls.map((call) => `${call.name}(${call.argumentsJson})`).join('\n')
  const piece = { name: 'tool_use', source: message_id } as const
  return [
    { role: 'assistant', pieces: [{ ...piece, text: calls }], toolCalls },
    ...tool_uses.map(({ result }, index): Draft => {
      const pieces = [{ ...piece, text: result }]
      return { role: 'tool', pieces, toolCallId: callId(message_id, index) }
    }),
  ]
}

/** Nine letters and digits, the same for the same call: the form that all servers take. */
function callId(messageId: string, index: number): string {
  return `${hashOf(messageId).toString(36)}${hashOf(`${index} ${messageId}`).toString(36)}`
    .padEnd(9, '0')
    .slice(0, 9)
}
