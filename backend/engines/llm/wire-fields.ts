import { type ChatMessage, type ReplyFormat, type ToolChoice } from '../contracts.ts'

/** Fields of a chat request, as OpenAI writes them. */

/** A text, or parts where pictures go with it. */
export function wireContent({ content, images = [] }: ChatMessage): unknown {
  if (images.length === 0) return content
  const pictures = images.map((url) => ({ type: 'image_url', image_url: { url } }))
  return content === '' ? pictures : [{ type: 'text', text: content }, ...pictures]
}

/** Nothing to choose from: nothing to say. */
export function wireToolChoice(choice: ToolChoice | undefined, hasTools: boolean): unknown {
  if (choice === undefined || !hasTools) return undefined
  return typeof choice === 'string' ? choice : { type: 'function', function: { name: choice.name } }
}

export function wireFormat(format: ReplyFormat | undefined): unknown {
  if (format === undefined) return undefined
  return format === 'json' ? { type: 'json_object' } : { type: 'json_schema', json_schema: { ...format } }
}
