import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { AppError } from '../errors.ts'

const JsonObject = z.record(z.string(), z.unknown())
type JsonObject = z.infer<typeof JsonObject>

/** `llm_base_url` may also be written as `base_url` in an object `llm`. */
const GROUPED_KEY = /^(llm|stt|tts)(?:_(.+))?$/u

/** `troupe.config.json`: what is in it and not known here stays in it, as it is. */
export class SettingsFile {
  readonly path: string

  constructor(path: string) {
    this.path = path
  }

  /** @returns an empty object's text where there is no file. @throws AppError `storage_failed` */
  async read(): Promise<string> {
    try {
      return await readFile(this.path, 'utf8')
    } catch (error) {
      if (isMissing(error)) return '{}'
      throw this.#failed('read', error)
    }
  }

  /** All of it or, if anything fails, nothing. Only its owner may read it: it may hold keys. */
  async write(text: string): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true })
      // A link stays a link.
      const target = await realpath(this.path).catch(() => this.path)
      await replace(target, text)
    } catch (error) {
      throw this.#failed('write', error)
    }
  }

  #failed(action: 'read' | 'write', cause: unknown): AppError {
    return new AppError(
      'storage_failed',
      `Cannot ${action} the settings in ${this.path}; look at its permissions and the free space`,
      { cause },
    )
  }
}

/**
 * The text of the file with some keys changed; undefined takes one away.
 * @throws AppError `invalid` if the file is not what it should be: it is left to whoever broke it.
 */
export function withChanges(text: string, changes: Readonly<Record<string, unknown>>): string {
  const settings = parseObject(text)
  for (const [key, value] of Object.entries(changes)) put(settings, key, value)
  return `${JSON.stringify(settings, undefined, 2)}\n`
}

/** In the group, if the file has one for it. */
function put(settings: JsonObject, key: string, value: unknown): void {
  const [, group, field = 'engine'] = GROUPED_KEY.exec(key) ?? []
  const grouped = group === undefined ? undefined : JsonObject.safeParse(settings[group]).data
  if (group === undefined || grouped === undefined) set(settings, key, value)
  else {
    set(grouped, field, value)
    settings[group] = grouped
  }
}

function set(target: JsonObject, key: string, value: unknown): void {
  if (value === undefined) delete target[key]
  else target[key] = value
}

function parseObject(text: string): JsonObject {
  try {
    return JsonObject.parse(JSON.parse(text))
  } catch (error) {
    throw new AppError('invalid', 'The settings file does not hold one JSON object; mend it by hand first', {
      cause: error,
    })
  }
}

async function replace(target: string, text: string): Promise<void> {
  const temporary = `${target}.${randomUUID()}.tmp`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
