import { type Character, type Message, MessageDraft, type ToolUse } from '#shared/entities.ts'
import { type DoorMessage } from './contract.ts'

/** Where a picture stands in a text, until the prompt is made: private characters, which no card contains. */
const MARK = /\uE000(\d+)\uE001/gu

export interface DoorHistory {
  /** What the program said before anybody else: where and how it plays. */
  readonly scenario: string
  readonly messages: readonly Message[]
  /** In the order of the marks that stand for them. */
  readonly images: readonly string[]
}

export interface DoorScene {
  readonly speaker: Character
  /** Whether the model can be told of calls as calls. */
  readonly hasTools: boolean
  /** When all of it was said. */
  readonly at: string
}

/** A program's messages as those of a conversation with this character. They have no other home than this request. */
export function doorHistory(
  messages: readonly DoorMessage[],
  { speaker, hasTools, at }: DoorScene,
): DoorHistory {
  const begin = messages.findIndex(({ role }) => role !== 'system')
  const heads = begin === -1 ? messages : messages.slice(0, begin)
  const said = begin === -1 ? [] : messages.slice(begin)
  const images: string[] = []
  const told = said.flatMap((message, index): Partial<Message>[] => {
    const content = markedText(message, images)
    switch (message.role) {
      case 'assistant':
        return spoken(content, hasTools ? toolUses(message, said.slice(index + 1)) : [], speaker)
      case 'tool':
        return hasTools && isAnswered(message, said.slice(0, index))
          ? []
          : [{ role: 'system', content: `(Looked up: ${content})` }]
      default:
        return [{ role: message.role, content }]
    }
  })
  return {
    scenario: heads.map(textOf).filter(Boolean).join('\n\n'),
    messages: told.map((one, index) => messageOf(one, { index, at })),
    images,
  }
}

export function textOf({ parts }: DoorMessage): string {
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

export function imagesOf({ parts }: DoorMessage): string[] {
  return parts.flatMap((part) => (part.type === 'image' ? [part.url] : []))
}

/** The text without marks, and the pictures they stood for. */
export function unmarked(
  text: string,
  images: readonly string[],
): { readonly content: string; readonly images: readonly string[] } {
  const found = [...text.matchAll(MARK)].flatMap(([, index]) => images[Number(index)] ?? [])
  return { content: text.replaceAll(MARK, '').trim(), images: found }
}

function markedText(message: DoorMessage, images: string[]): string {
  const marks = imagesOf(message).map((url) => {
    images.push(url)
    return `\uE000${images.length - 1}\uE001`
  })
  const text = textOf(message).replaceAll(MARK, '')
  return marks.length === 0 ? text : `${text}\n${marks.join('')}`
}

/** What was said before a call is a line of its own: the calls stand behind it. */
function spoken(content: string, tool_uses: ToolUse[], speaker: Character): Partial<Message>[] {
  const line = { role: 'assistant' as const, name: speaker.name, character_id: speaker.id }
  const said = content === '' ? [] : [{ ...line, content }]
  return tool_uses.length === 0 ? said : [...said, { ...line, tool_uses }]
}

function toolUses({ toolCalls = [] }: DoorMessage, later: readonly DoorMessage[]): ToolUse[] {
  return toolCalls.flatMap(({ id, name, argumentsJson }) => {
    const answer = later.find(({ role, toolCallId }) => role === 'tool' && toolCallId === id)
    if (!answer) return []
    return [
      { name, arguments: objectIn(argumentsJson), result: textOf(answer), is_error: false, duration_ms: 0 },
    ]
  })
}

function isAnswered({ toolCallId }: DoorMessage, earlier: readonly DoorMessage[]): boolean {
  return earlier.some(({ toolCalls = [] }) => toolCalls.some(({ id }) => id === toolCallId))
}

function objectIn(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

const CONVERSATION_ID = 'door'

function messageOf(said: Partial<Message>, { index, at }: { index: number; at: string }): Message {
  return {
    ...EMPTY,
    ...said,
    message_id: `${CONVERSATION_ID}-${index}`,
    created_at: at,
    updated_at: at,
  }
}

const EMPTY: Omit<Message, 'message_id' | 'created_at' | 'updated_at'> = {
  ...MessageDraft.parse({ role: 'user', content: '', conversation_id: CONVERSATION_ID }),
  alternative_index: 0,
  alternative_count: 1,
  revision: 1,
}
