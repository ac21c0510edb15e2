import { existsSync, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { estimateTokenCount } from 'tokenx'
import { glob } from 'tinyglobby'
import { type TroupeClient } from './client.ts'
import { conversationTexts } from './context-conversations.ts'
import { isDatabase, tableTexts } from './context-database.ts'
import { readText } from './context-file.ts'
import { type ContextSource } from './context-source.ts'
import { CliError, EXIT } from './exit.ts'
import { type ContextText } from './room.ts'

export interface ContextOptions {
  /** Files, folders, patterns, SQLite files, `db` for what was said before, `db:words` for where that was spoken of. */
  readonly sources: readonly string[]
  /** Which files of folders and patterns count, without the dot; empty: all texts. */
  readonly extensions: readonly string[]
  readonly maxTokens: number
}

/** What is to be told to the model, and what had to stay behind. */
export interface Context {
  readonly texts: readonly ContextText[]
  readonly tokens: number
  /** For people: `notes.md (half of it)`. */
  readonly leftOut: readonly string[]
}

/** Less than this of a text is not worth telling. */
const MIN_TOKENS = 64
/** No script has tokens longer than this on average. */
const MAX_CHARACTERS_PER_TOKEN = 12
/** What is left out is named as far as it fits on a line or two. */
const MAX_NAMED = 8

/** Reads the sources in their order until the budget is used up. @throws CliError if one does not exist. */
export async function loadContext(client: TroupeClient, options: ContextOptions): Promise<Context> {
  const sources: ContextSource[] = []
  for (const given of options.sources) sources.push(...(await sourcesOf(client, given, options.extensions)))
  return fill(sources, options.maxTokens)
}

/** Fills the budget. */
export async function fill(sources: readonly ContextSource[], maxTokens: number): Promise<Context> {
  const texts: ContextText[] = []
  const leftOut: string[] = []
  let tokens = 0
  for (const source of sources) {
    const { name } = source
    const room = maxTokens - tokens
    const text = room < MIN_TOKENS ? '' : await source.read(room * MAX_CHARACTERS_PER_TOKEN)
    if (text === undefined) {
      leftOut.push(`${name} (not a text)`)
      continue
    }
    const part = text === '' ? '' : beginningOf(text, room)
    if (part === '') {
      if (room < MIN_TOKENS || text !== '') leftOut.push(name)
      continue
    }
    if (part.length < text.length) leftOut.push(`${name} (from line ${part.split('\n').length + 1} on)`)
    texts.push({ name, text: part })
    tokens += estimateTokenCount(part)
  }
  return { texts, tokens, leftOut }
}

/** One line for people. */
export function contextNote({ texts, tokens, leftOut }: Context, maxTokens: number): string {
  const what = `Context: ${texts.length} ${texts.length === 1 ? 'text' : 'texts'}, about ${tokens} of ${maxTokens} tokens.`
  if (leftOut.length === 0) return what
  const named = leftOut.slice(0, MAX_NAMED).join(', ')
  const more = leftOut.length > MAX_NAMED ? ` and ${leftOut.length - MAX_NAMED} more` : ''
  return `${what} Left out: ${named}${more}. (--context-tokens makes more room.)`
}

async function sourcesOf(
  client: TroupeClient,
  given: string,
  extensions: readonly string[],
): Promise<ContextSource[]> {
  if (given === 'db' || given.startsWith('db:')) return conversationTexts(client, given.slice(3))
  if (!existsSync(given)) return matching(given, extensions)
  if (statSync(given).isDirectory()) return filesIn(given, extensions)
  return isDatabase(given) ? tableTexts(given) : [fileSource(given)]
}

/** What stays behind in folders unless it is named. */
const SKIPPED = ['**/node_modules/**', '**/.git/**']

async function filesIn(folder: string, extensions: readonly string[]): Promise<ContextSource[]> {
  const options = { cwd: folder, absolute: true, ignore: SKIPPED, followSymbolicLinks: false }
  return chosen(await glob(['**/*'], options), extensions)
}

async function matching(pattern: string, extensions: readonly string[]): Promise<ContextSource[]> {
  const isPattern = /[*?[\]{}]/.test(pattern)
  const files = isPattern ? await glob([pattern], { absolute: true, ignore: SKIPPED }) : []
  if (files.length > 0) return chosen(files, extensions)
  const reason = isPattern ? 'no file matches' : 'there is no such file or folder'
  throw new CliError(EXIT.failure, `Cannot read the context "${pattern}": ${reason}`)
}

function chosen(files: readonly string[], extensions: readonly string[]): ContextSource[] {
  const isChosen = (file: string): boolean =>
    extensions.length === 0 || extensions.some((extension) => file.toLowerCase().endsWith(`.${extension}`))
  return files.filter(isChosen).toSorted().map(fileSource)
}

function fileSource(path: string): ContextSource {
  const inside = relative('.', resolve(path))
  const name = inside.startsWith('..') ? resolve(path) : inside
  return { name, read: (maxCharacters) => readText(path, maxCharacters) }
}

/** As many whole lines as fit. */
function beginningOf(text: string, maxTokens: number): string {
  if (estimateTokenCount(text) <= maxTokens) return text
  let [fits, tooLong] = [0, text.length]
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2)
    if (estimateTokenCount(text.slice(0, middle)) <= maxTokens) fits = middle
    else tooLong = middle
  }
  const lineEnd = text.lastIndexOf('\n', fits)
  return text.slice(0, lineEnd > 0 ? lineEnd : fits)
}
