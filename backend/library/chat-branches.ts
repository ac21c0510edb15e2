import { writeSillyTavern } from '../chats/sillytavern/write-chat.ts'
import { type Original, type Store, type WholeMessage } from '../store/contract.ts'
import { type ExportedChat, exportChat, sillyTavernFile } from './chat-export.ts'
import { fileNameOf } from './file-name.ts'

/** A way through the conversation that is not the one that is shown. */
interface Branch {
  readonly name: string
  /** The message it leaves from, counted from 0, and by which alternative. */
  readonly message: number
  readonly alternative: number
  readonly isMember: (ordinal: number, message: WholeMessage) => boolean
  /** Which alternative of a message is in use on this way. */
  readonly inUse: ReadonlyMap<number, number>
}

/**
 * What SillyTavern knows as branches: the chat that is shown, and for each alternative behind which something was said
 * a file of its own, named in the message that it leaves from.
 */
export async function exportBranches(store: Store, conversationId: string): Promise<ExportedChat[]> {
  const main = await exportChat(store, conversationId, 'jsonl')
  const name = main.fileName.replace(/\.jsonl$/u, '')
  const branches = await branchesOf(store.conversations.exportWhole(conversationId), name)
  if (branches.length === 0) return [main]
  const conversation = await store.conversations.get(conversationId)
  const original = await store.originals.find('conversation', conversationId)
  const base = sillyTavernFile(store, conversation, original)
  const whole = (): AsyncIterable<readonly WholeMessage[]> => store.conversations.exportWhole(conversationId)
  const marks = new Map<WholeMessage, readonly string[]>()
  const files = branches.map((branch): ExportedChat => {
    const messages = wayOf(whole(), branch)
    const content = writeSillyTavern({ ...base, head: headOf(original), messages, mainChat: name })
    return { ...main, fileName: fileNameOf(branch.name, 'jsonl'), content }
  })
  const messages = marked(whole(), { branches, marks })
  const content = writeSillyTavern({ ...base, messages, branchesAt: (message) => marks.get(message) })
  return [{ ...main, content }, ...files]
}

function headOf(original: Original | undefined): string | undefined {
  return original?.format === 'sillytavern' ? original.source : undefined
}

/** Those that have something said behind them. */
async function branchesOf(pieces: AsyncIterable<readonly WholeMessage[]>, name: string): Promise<Branch[]> {
  const under = new Map<number, WholeMessage['hidden_under']>()
  const found = new Map<string, Branch>()
  let count = 0
  for await (const piece of pieces) {
    for (const { hidden_under } of piece) {
      const ordinal = count++
      if (!hidden_under) continue
      under.set(ordinal, hidden_under)
      const key = `${hidden_under.message}/${hidden_under.alternative}`
      if (found.has(key)) continue
      const number = found.size + 1
      found.set(key, { name: `${name} - Branch #${number}`, ...wayTo(hidden_under, under), ...hidden_under })
    }
  }
  return [...found.values()]
}

/** The forks on the way to an alternative, the last one first. */
function wayTo(
  end: NonNullable<WholeMessage['hidden_under']>,
  under: ReadonlyMap<number, WholeMessage['hidden_under']>,
): Pick<Branch, 'isMember' | 'inUse'> {
  const inUse = new Map<number, number>()
  const forks: NonNullable<WholeMessage['hidden_under']>[] = []
  for (let fork = end as typeof end | null; fork; fork = under.get(fork.message) ?? null) {
    inUse.set(fork.message, fork.alternative)
    forks.push(fork)
  }
  const isMember: Branch['isMember'] = (ordinal, { hidden_under }) => {
    const place = forks.findIndex((fork) =>
      hidden_under === null
        ? false
        : fork.message === hidden_under.message && fork.alternative === hidden_under.alternative,
    )
    // Up to where the way turns off; behind the last fork all of it.
    if (hidden_under === null) return ordinal <= (forks.at(-1)?.message ?? -1)
    if (place < 0) return false
    const next = forks[place - 1]
    return next === undefined || ordinal <= next.message
  }
  return { isMember, inUse }
}

async function* wayOf(
  pieces: AsyncIterable<readonly WholeMessage[]>,
  { isMember, inUse }: Branch,
): AsyncGenerator<readonly WholeMessage[]> {
  let count = 0
  for await (const piece of pieces) {
    const members: WholeMessage[] = []
    for (const message of piece) {
      const ordinal = count++
      if (isMember(ordinal, message)) members.push(withAlternative(message, inUse.get(ordinal)))
    }
    yield members
  }
}

function withAlternative(message: WholeMessage, index: number | undefined): WholeMessage {
  const wording = index === undefined ? undefined : message.alternatives[index]
  if (index === undefined || !wording) return message
  return { ...message, ...wording, created_at: message.created_at, alternative_index: index }
}

/** What is shown, with a note which branches leave from which message. */
async function* marked(
  pieces: AsyncIterable<readonly WholeMessage[]>,
  { branches, marks }: { branches: readonly Branch[]; marks: Map<WholeMessage, readonly string[]> },
): AsyncGenerator<readonly WholeMessage[]> {
  const names = new Map<number, string[]>()
  for (const { message, name } of branches) names.set(message, [...(names.get(message) ?? []), name])
  let count = 0
  for await (const piece of pieces) {
    marks.clear()
    const visible: WholeMessage[] = []
    for (const message of piece) {
      const here = names.get(count++)
      if (message.hidden_under) continue
      if (here) marks.set(message, here)
      visible.push(message)
    }
    yield visible
  }
}
