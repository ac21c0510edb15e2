import { type Conversation, type Message } from '#shared/entities.ts'

export const EXPORT_FORMATS = ['markdown', 'json', 'jsonl'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface Session {
  readonly conversation: Conversation
  /** Oldest first. */
  readonly messages: readonly Message[]
}

const EXPORTERS: Readonly<Record<ExportFormat, (session: Session) => string>> = {
  markdown: toMarkdown,
  json: (session) => `${JSON.stringify(session, undefined, 2)}\n`,
  jsonl: ({ messages }) => messages.map((message) => `${JSON.stringify(message)}\n`).join(''),
}

/** The whole conversation in a format. */
export function exportSession(session: Session, format: ExportFormat): string {
  return EXPORTERS[format](session)
}

/** The format that goes with the name of a file; undefined if none does. */
export function formatOf(path: string): ExportFormat | undefined {
  const extension = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase()
  const formats: Readonly<Record<string, ExportFormat>> = {
    md: 'markdown',
    markdown: 'markdown',
    json: 'json',
    jsonl: 'jsonl',
    ndjson: 'jsonl',
  }
  return extension === undefined ? undefined : formats[extension]
}

/** For reading: who said what, and what nobody heard struck through. */
function toMarkdown({ conversation, messages }: Session): string {
  const { title, conversation_id, created_at } = conversation
  const head = `# ${title || 'Untitled conversation'}\n\n_${created_at} · ${conversation_id}_\n`
  return [head, ...messages.map(markdownMessage)].join('\n')
}

function markdownMessage({ name, role, content, unheard, is_interrupted }: Message): string {
  const speaker = name || role
  const cut = is_interrupted ? ` ${unheard.trim() === '' ? '—' : `~~${unheard.trim()}~~ —`}` : ''
  return `**${speaker}:** ${content.trim()}${cut}\n`
}

/** Plain lines, as in a script. */
export function toText(messages: readonly Pick<Message, 'name' | 'role' | 'content'>[]): string {
  return messages.map(({ name, role, content }) => `${name || role}: ${content.trim()}\n`).join('')
}
