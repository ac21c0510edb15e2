import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../errors.ts'
import { type ModelConfig, RunnersFile } from './model-config.ts'
import { fromSeedShape, isSeedShape } from './seed-config.ts'

/** As many faults are told at once. */
const MOST_FAULTS = 5

/**
 * The runners that a text describes, in our shape or in the older one; paths in it are meant from its folder.
 * @throws AppError `config_invalid` whose sentence says where and what.
 */
export function parseRunnersFile(
  text: string,
  { path, folder }: { path: string; folder: string },
): RunnersFile {
  try {
    const value: unknown = JSON.parse(text)
    const file = RunnersFile.parse(isSeedShape(value) ? fromSeedShape(value) : value)
    checkNames(file, path)
    return withWholePaths(file, folder)
  } catch (error) {
    if (error instanceof AppError) throw error
    throw invalid(
      path,
      error instanceof z.ZodError ? faultsOf(error) : `it is no JSON (${messageOf(error)})`,
      error,
    )
  }
}

/** For editors. */
export function runnersJsonSchema(): unknown {
  return { ...z.toJSONSchema(RunnersFile, { io: 'input', unrepresentable: 'any' }), title: 'Troupe runners' }
}

/** What the types cannot say: names are given once, and those that are named exist. */
function checkNames(file: RunnersFile, path: string): void {
  const seen = new Map<string, string>()
  for (const { id, aliases } of file.runners) {
    for (const name of [id, ...aliases]) {
      const key = name.toLowerCase()
      const other = seen.get(key)
      if (other !== undefined && other !== id)
        throw invalid(path, `"${name}" is a name of "${other}" and of "${id}"`)
      seen.set(key, id)
    }
  }
  for (const { id, group } of file.runners) {
    if (group !== undefined && !(group in file.groups)) {
      throw invalid(path, `"${id}" is in the group "${group}", which is not in "groups"`)
    }
  }
  for (const config of file.runners) {
    if ('runtime' in config && !(config.runtime in file.runtimes)) {
      throw invalid(path, `"${config.id}" wants the runtime "${config.runtime}", which is not in "runtimes"`)
    }
  }
}

function withWholePaths(file: RunnersFile, folder: string): RunnersFile {
  const whole = (path: string): string => wholePath(path, folder)
  return {
    ...file,
    model_folders: file.model_folders.map(whole),
    runners: file.runners.map((config) => withWholeModel(config, whole)),
  }
}

function withWholeModel(config: ModelConfig, whole: (path: string) => string): ModelConfig {
  const cwd = config.cwd === undefined ? {} : { cwd: whole(config.cwd) }
  if (config.kind === 'command') return { ...config, ...cwd }
  // What another program calls its model is no path.
  if (config.kind === 'whisper' && config.command) return { ...config, ...cwd }
  const model = whole(config.model)
  if (config.kind === 'whisper') return { ...config, ...cwd, model }
  const { lora, draft_model: draft, chat_template_file: template } = config
  const files = {
    ...cwd,
    model,
    lora: lora.map((adapter) => ({ ...adapter, path: whole(adapter.path) })),
    ...(draft === undefined ? {} : { draft_model: whole(draft) }),
    ...(template === undefined ? {} : { chat_template_file: whole(template) }),
  }
  if (config.kind === 'gguf') return { ...config, ...files }
  const { mmproj } = config
  return { ...config, ...files, ...(mmproj === undefined ? {} : { mmproj: whole(mmproj) }) }
}

function wholePath(path: string, folder: string): string {
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1))
  return isAbsolute(path) ? path : resolve(folder, path)
}

function faultsOf(error: z.ZodError): string {
  const faults = error.issues.map(({ path, message }) => {
    const where = path.map(String).join('.')
    return where === '' ? message : `"${where}": ${message.replace(/^Invalid (?:input|option): /u, '')}`
  })
  const more = faults.length > MOST_FAULTS ? [`and ${faults.length - MOST_FAULTS} more`] : []
  return [...faults.slice(0, MOST_FAULTS), ...more].join('; ')
}

function invalid(path: string, what: string, cause?: unknown): AppError {
  return new AppError('config_invalid', `The runners file ${path} is not right: ${what}`, { cause })
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
