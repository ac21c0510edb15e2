import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import { exportBranches } from '../../backend/library/chat-branches.ts'
import { type ChatExportFormat, exportChat } from '../../backend/library/chat-export.ts'
import { type ChatImported, importChats } from '../../backend/library/chat-import.ts'
import { type Store } from '../../backend/store/contract.ts'
import { openSqliteStore } from '../../backend/store/sqlite/sqlite-store.ts'
import { tickingClock } from '../backend/store/support.ts'

export interface ImportTestOptions {
  readonly characterId?: string
  readonly onDuplicate?: 'skip' | 'copy'
}

/** An empty library into which files of chats are put, and from which they are taken out again. */
export class ChatLibrary implements AsyncDisposable {
  readonly store: Store
  readonly kept: string[] = []
  readonly #folder: string

  private constructor(store: Store, folder: string) {
    this.store = store
    this.#folder = folder
  }

  static async open(): Promise<ChatLibrary> {
    const store = await openSqliteStore({ file: ':memory:', clock: tickingClock() })
    return new ChatLibrary(store, await mkdtemp(join(tmpdir(), 'troupe-chats-')))
  }

  async put(
    name: string,
    content: string | Uint8Array,
    options: ImportTestOptions = {},
  ): Promise<ChatImported[]> {
    const path = join(this.#folder, randomUUID())
    await writeFile(path, content)
    const hash = createHash('sha256').update(content).digest('hex')
    const file = { name, path, hash, keep: () => Promise.resolve(void this.kept.push(hash)) }
    const { characterId, onDuplicate = 'copy' } = options
    const results: ChatImported[] = []
    const deps = { store: this.store, clock: tickingClock() }
    for await (const one of importChats(deps, file, { characterId, onDuplicate })) results.push(one)
    await rm(path)
    return results
  }

  /** Puts in a file that holds one chat. @returns the id of its conversation. */
  async putOne(name: string, content: string | Uint8Array, options?: ImportTestOptions): Promise<string> {
    const [one, ...others] = await this.put(name, content, options)
    if (!one?.conversation || others.length > 0) throw new Error(`It was not taken: ${JSON.stringify(one)}`)
    return one.conversation.conversation_id
  }

  async take(id: string, format: ChatExportFormat = 'jsonl'): Promise<Buffer> {
    const { content } = await exportChat(this.store, id, format)
    return await bytesOf(content)
  }

  async takeText(id: string, format: ChatExportFormat = 'jsonl'): Promise<string> {
    return (await this.take(id, format)).toString('utf8')
  }

  async takeBranches(id: string): Promise<Map<string, string>> {
    const files = new Map<string, string>()
    for (const { fileName, content } of await exportBranches(this.store, id)) {
      files.set(fileName, (await bytesOf(content)).toString('utf8'))
    }
    return files
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function bytesOf(content: AsyncIterable<string | Uint8Array>): Promise<Buffer> {
  return await buffer(Readable.from(content).map((part: string | Uint8Array) => Buffer.from(part)))
}
