import { createInterface } from 'node:readline/promises'
import { type Conversation, type Message } from '#shared/entities.ts'
import { type Connected } from './connection.ts'
import { CliError, EXIT } from './exit.ts'
import { type ExportFormat, exportSession, formatOf } from './export.ts'
import { allConversations, allMessages } from './paged.ts'
import { chooseSession } from './session-choice.ts'
import { harmless } from './style.ts'
import { writeWhole } from './write-file.ts'

export interface ListOptions {
  readonly json: boolean
  readonly limit: number
  readonly query?: string | undefined
}

/** `troupe sessions list`: the most recently used first. */
export async function listSessions(
  { client, terminal, state }: Connected,
  options: ListOptions,
): Promise<void> {
  const listed = await firstSessions(client, options)
  const selected = await state.selected()
  for (const conversation of listed) {
    const isSelected = conversation.conversation_id === selected
    if (options.json) terminal.out(`${JSON.stringify({ ...conversation, is_selected: isSelected })}\n`)
    else terminal.out(`${isSelected ? '*' : ' '} ${sessionLine(conversation)}\n`)
  }
  if (listed.length === 0) {
    terminal.say(
      options.query ? 'Nothing was found.' : 'There are no sessions yet; "troupe chat" begins one.',
    )
  }
}

async function firstSessions(
  client: Connected['client'],
  { limit, query }: Pick<ListOptions, 'limit' | 'query'>,
): Promise<Conversation[]> {
  const listed: Conversation[] = []
  for await (const conversation of allConversations(client, query)) {
    listed.push(conversation)
    if (listed.length >= limit) break
  }
  return listed
}

function sessionLine({ conversation_id, title, updated_at }: Conversation): string {
  return `${conversation_id}\t${updated_at.slice(0, 16).replace('T', ' ')}\t${harmless(title) || '(untitled)'}`
}

/** `troupe sessions show` */
export async function showSession(
  { client, terminal }: Connected,
  given: string,
  options: { readonly json: boolean; readonly limit?: number | undefined },
): Promise<void> {
  const conversation = await chooseSession(client, given)
  const all = await allMessages(client, conversation.conversation_id)
  const messages = options.limit === undefined ? all : all.slice(-options.limit)
  if (options.json) {
    terminal.out(exportSession({ conversation, messages }, 'json'))
    return
  }
  terminal.out(`${terminal.style.paint(harmless(conversation.title) || '(untitled)', 'bold')}\n\n`)
  for (const message of messages) terminal.out(`${shownLine(message, terminal)}\n`)
}

function shownLine(
  { name, role, content, is_interrupted }: Message,
  terminal: Connected['terminal'],
): string {
  const speaker = terminal.style.paint(`${harmless(name) || role}:`, 'bold')
  return `${speaker} ${harmless(content)}${is_interrupted ? ' —' : ''}`
}

/** `troupe sessions select`: remembers it for `troupe chat --continue`; without an id, asks. */
export async function selectSession(connected: Connected, given: string | undefined): Promise<void> {
  const { client, terminal, state } = connected
  const conversation =
    given === undefined ? await askForSession(connected) : await chooseSession(client, given)
  await state.select(conversation.conversation_id)
  terminal.out(`${conversation.conversation_id}\n`)
  terminal.say(`"troupe chat --continue" goes on with "${harmless(conversation.title) || '(untitled)'}"`)
}

const OFFERED = 20

async function askForSession({ client, terminal }: Connected): Promise<Conversation> {
  if (!terminal.isInteractive) {
    throw new CliError(
      EXIT.usage,
      'Say which one: troupe sessions select ID; "troupe sessions list" shows them',
    )
  }
  const offered = await firstSessions(client, { limit: OFFERED, query: undefined })
  if (offered.length === 0) {
    throw new CliError(EXIT.failure, 'There are no sessions yet; "troupe chat" begins one')
  }
  for (const [index, conversation] of offered.entries()) {
    terminal.say(`${String(index + 1).padStart(2)}  ${sessionLine(conversation)}`)
  }
  const answer = await asked(terminal, `Which one (1-${offered.length})? `)
  const chosen = /^\d+$/.test(answer) ? offered[Number(answer) - 1] : undefined
  return chosen ?? chooseSession(client, answer)
}

/** One line from whoever sits there. @throws CliError if they would rather not. */
async function asked(terminal: Connected['terminal'], question: string): Promise<string> {
  const stopped = new AbortController()
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr })
  lines.once('SIGINT', () => stopped.abort())
  lines.once('close', () => stopped.abort())
  try {
    return (await lines.question(question, { signal: stopped.signal })).trim()
  } catch {
    terminal.say('')
    throw new CliError(EXIT.interrupted, '')
  } finally {
    lines.close()
  }
}

export interface ExportOptions {
  readonly format?: ExportFormat | undefined
  /** Absent or `-`: to stdout. */
  readonly output?: string | undefined
}

/** `troupe sessions export` */
export async function exportSessionTo(
  { client, terminal }: Connected,
  given: string,
  { format, output }: ExportOptions,
): Promise<void> {
  const isFile = output !== undefined && output !== '-'
  const conversation = await chooseSession(client, given)
  const messages = await allMessages(client, conversation.conversation_id)
  const text = exportSession(
    { conversation, messages },
    format ?? (isFile ? formatOf(output) : undefined) ?? 'markdown',
  )
  if (!isFile) {
    terminal.out(text)
    return
  }
  await writeWhole(output, text)
  terminal.say(`Wrote ${messages.length} messages to ${output}`)
}

/** `troupe sessions delete` */
export async function deleteSessions(
  connected: Connected,
  ids: readonly string[],
  { isSure }: { readonly isSure: boolean },
): Promise<void> {
  const { client, terminal, state } = connected
  const chosen: Conversation[] = []
  for (const id of ids) chosen.push(await chooseSession(client, id))
  if (!isSure) await confirm(terminal, chosen)
  for (const { conversation_id, title } of chosen) {
    await client.request('delete_conversation', { conversation_id })
    if ((await state.selected()) === conversation_id) await state.select(undefined)
    terminal.say(`Deleted "${harmless(title) || conversation_id}"`)
  }
}

async function confirm(terminal: Connected['terminal'], chosen: readonly Conversation[]): Promise<void> {
  if (!terminal.isInteractive) {
    throw new CliError(EXIT.usage, 'Nobody is here to ask; add --yes to delete without being asked')
  }
  const what = chosen
    .map(({ title, conversation_id }) => `"${harmless(title) || conversation_id}"`)
    .join(', ')
  const answer = await asked(terminal, `Delete ${what} for good (y/N)? `)
  if (!/^y(es)?$/i.test(answer)) throw new CliError(EXIT.failure, 'Nothing was deleted')
}
