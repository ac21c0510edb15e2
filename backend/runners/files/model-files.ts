import { mkdir, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type ModelFileInfo } from '#shared/entities.ts'
import { AppError } from '../../errors.ts'
import { abortable } from '../../lib/abort.ts'
import { allParts, partOf } from '../../lib/gguf/parts.ts'
import { deleteModel } from './delete-model.ts'
import { findGgufFiles, type FoundFile } from './found-files.ts'
import { incompleteModel, type ModelParts, readModel, type ReadModel } from './read-model.ts'

/** Read at once: several, because disks answer slowly; few, because a header is megabytes. */
const READERS = 4

export interface DiskUse {
  /** Of all GGUF files that were found, projectors and broken ones too. */
  readonly usedBytes: number
  /** Where downloads go; absent if it cannot be told. */
  readonly freeBytes?: number
}

/** The models on this machine's disk. What is known of a file is kept until its size or time changes. */
export class ModelFiles {
  readonly #folders: readonly string[]
  readonly #known = new Map<string, { readonly stamp: string; readonly model: ReadModel }>()
  #listing: Promise<readonly ReadModel[]> | undefined
  #usedBytes = 0

  /** @param folders where to look; the first one is where downloads go. */
  constructor(folders: readonly [string, ...string[]]) {
    this.#folders = folders
  }

  /**
   * Every model, one entry for all parts of it; those that cannot be used with the reason. A projector beside a
   * model is named by the model, adapters and the like are left out.
   * @throws the signal's reason
   */
  async list(signal: AbortSignal): Promise<readonly ModelFileInfo[]> {
    // All who ask meanwhile share one look at the disk, which goes on if one of them leaves.
    this.#listing ??= this.#look().finally(() => {
      this.#listing = undefined
    })
    const models = await abortable(this.#listing, signal)
    const projectors = models.filter(({ kind }) => kind === 'projector').map(({ info }) => info.path)
    return models.flatMap(({ kind, info }) => {
      if (kind !== 'model') return []
      const beside = projectors.find((path) => dirname(path) === dirname(info.path))
      return [beside === undefined ? info : { ...info, projector_path: beside }]
    })
  }

  /**
   * Deletes one that is listed, all parts of it.
   * @throws AppError `not_found`; `invalid` if it lies elsewhere than downloads do; `storage_failed`
   */
  async delete(path: string, signal: AbortSignal): Promise<void> {
    const files = await this.list(signal)
    if (!files.some((file) => file.path === path)) {
      throw new AppError('not_found', `There is no model file ${path}; the list has all there are`)
    }
    const [own = '.'] = this.#folders
    await deleteModel(path, own)
    await this.list(signal)
  }

  /** As of the last list. */
  async disk(): Promise<DiskUse> {
    const [first = '.'] = this.#folders
    try {
      await mkdir(first, { recursive: true })
      const { bavail, bsize } = await statfs(first)
      return { usedBytes: this.#usedBytes, freeBytes: bavail * bsize }
    } catch {
      return { usedBytes: this.#usedBytes }
    }
  }

  async #look(): Promise<readonly ReadModel[]> {
    const signal = new AbortController().signal
    const files = await findGgufFiles(this.#folders, signal)
    this.#usedBytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
    const whole = groupedByModel(files)
    for (const path of this.#known.keys()) {
      if (!whole.some(({ parts }) => parts[0].path === path)) this.#known.delete(path)
    }
    return inParallel(whole, (group) => this.#model(group, signal))
  }

  async #model({ parts, missing }: ModelGroup, signal: AbortSignal): Promise<ReadModel> {
    if (missing.length > 0) return incompleteModel(parts, missing)
    const stamp = parts.map((file) => `${file.sizeBytes} ${file.modifiedAt.getTime()}`).join(' ')
    const known = this.#known.get(parts[0].path)
    if (known?.stamp === stamp) return known.model
    const model = await readModel(parts, signal)
    this.#known.set(parts[0].path, { stamp, model })
    return model
  }
}

interface ModelGroup {
  readonly parts: ModelParts
  readonly missing: readonly string[]
}

function groupedByModel(files: readonly FoundFile[]): ModelGroup[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  return files.flatMap((file) => {
    const paths = allParts(file.path)
    const [first, ...others] = paths.flatMap((path) => byPath.get(path) ?? [])
    // Told once, by the first part that is there.
    if (!first || (partOf(file.path) && first !== file)) return []
    return [{ parts: [first, ...others], missing: paths.filter((path) => !byPath.has(path)) }]
  })
}

/** In the order of the items. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results = new Map<number, Result>()
  const queue = items.entries()
  const readers = Array.from({ length: READERS }, async () => {
    for (const [index, item] of queue) results.set(index, await work(item))
  })
  await Promise.all(readers)
  return items.flatMap((_, index) => {
    const result = results.get(index)
    return result === undefined ? [] : [result]
  })
}
