import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'

/** What is written beside a file that is being fetched, so that it can go on after anything. */
const PartNote = z.object({
  url: z.string(),
  /** An ETag or a date by which the server tells whether it still has the same file. */
  validator: z.string(),
})
type PartNote = z.infer<typeof PartNote>

/** The beginning of a file, `<name>.part`, and a note of what it is the beginning of. */
export class PartFile {
  readonly path: string
  readonly #notePath: string
  readonly #target: string

  constructor(target: string) {
    this.#target = target
    this.path = `${target}.part`
    this.#notePath = `${target}.part.json`
  }

  /** What there is of it, if it can be gone on with. */
  async resumable(url: URL): Promise<{ bytes: number; validator: string } | undefined> {
    const note = await this.#note()
    const bytes = await sizeOf(this.path)
    if (!note || note.url !== url.href || bytes === 0) return undefined
    return { bytes, validator: note.validator }
  }

  /** From now on the file has this beginning. Without a validator it cannot be gone on with later. */
  async note(url: URL, validator: string | undefined): Promise<void> {
    if (validator === undefined) await rm(this.#notePath, { force: true })
    else await writeFile(this.#notePath, JSON.stringify({ url: url.href, validator } satisfies PartNote))
  }

  /** It is whole. */
  async finish(): Promise<void> {
    await rename(this.path, this.#target)
    await rm(this.#notePath, { force: true })
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true })
    await rm(this.#notePath, { force: true })
  }

  async #note(): Promise<PartNote | undefined> {
    try {
      return PartNote.parse(JSON.parse(await readFile(this.#notePath, 'utf8')))
    } catch {
      return undefined // None, or one that was cut short: the download begins anew.
    }
  }
}

export async function sizeOf(path: string): Promise<number> {
  try {
    const { size } = await stat(path)
    return size
  } catch {
    return 0
  }
}
