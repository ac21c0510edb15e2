import { join } from 'node:path'
import { AppError } from '../../errors.ts'
import { allParts } from '../gguf/parts.ts'

/** One file to be fetched. */
export interface WantedFile {
  readonly url: URL
  readonly path: string
}

export interface Wanted {
  /** As shown, and to start it again. */
  readonly source: string
  /** Several if the model comes in parts. */
  readonly files: readonly [WantedFile, ...WantedFile[]]
}

export interface Places {
  /** Where downloads go. */
  readonly folder: string
  /** Whose repositories `hf:` names, e.g. `https://huggingface.co`. */
  readonly hubUrl: string
}

/** Begins with a letter or digit, so it is neither hidden nor a way up. */
const NAME = /^[\p{L}\p{N}_][\p{L}\p{N} ._+()@=,~-]{0,199}$/u
const HUB_PAGE = /^\/(?<owner>[^/]+)\/(?<repository>[^/]+)\/(?:blob|resolve)\/main\/(?<file>.+)$/u

/**
 * What is to be fetched from where to where.
 * @param source an http(s) address of a GGUF file, or `hf:owner/repository/file.gguf`.
 * @throws AppError `invalid`
 */
export function readSource(source: string, places: Places): Wanted {
  const text = source.trim()
  const [first, ...others] = /^hf:/iu.test(text) ? fromHub(text.slice(3), places) : fromWeb(text, places)
  if (!first) throw unknownSource()
  return { source: text, files: [first, ...others] }
}

function fromHub(text: string, { folder, hubUrl }: Places): WantedFile[] {
  const [owner, repository, ...file] = text.replace(/^\/+/u, '').split('/')
  if (owner === undefined || repository === undefined || file.length === 0) throw unknownSource()
  const segments = [owner, repository, ...file].map(checkedName)
  checkedGguf(segments.at(-1) ?? '')
  const inRepository = segments.slice(2).map(encodeURIComponent)
  const base = `${hubUrl.replace(/\/+$/u, '')}/${encodeURIComponent(owner)}/${encodeURIComponent(repository)}`
  return filesOf(join(folder, ...segments), `${base}/resolve/main/${inRepository.join('/')}`)
}

function fromWeb(text: string, places: Places): WantedFile[] {
  if (!URL.canParse(text)) throw unknownSource()
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new AppError('invalid', `Troupe fetches http and https addresses, and none that begin "${url.protocol}"`)
  }
  if (url.username !== '' || url.password !== '') {
    throw new AppError('invalid', 'Leave the password out of the address: it would be shown and logged')
  }
  const page = url.host === new URL(places.hubUrl).host ? HUB_PAGE.exec(decoded(url.pathname))?.groups : undefined
  if (page) return fromHub(`${page['owner']}/${page['repository']}/${page['file']}`, places)
  const name = checkedName(decoded(url.pathname.split('/').at(-1) ?? ''))
  checkedGguf(name)
  return filesOf(join(places.folder, name), url.href)
}

/** Of a model in parts all of them, whichever was named. */
function filesOf(path: string, address: string): WantedFile[] {
  const url = new URL(address)
  const paths = allParts(path)
  const urlPaths = allParts(url.pathname)
  return paths.map((partPath, index) => {
    const partUrl = new URL(url)
    partUrl.pathname = urlPaths[index] ?? url.pathname
    return { path: partPath, url: partUrl }
  })
}

function checkedName(name: string): string {
  if (NAME.test(name)) return name
  throw new AppError('invalid', `"${name.slice(0, 100)}" cannot be the name of a file or folder here`)
}

function checkedGguf(name: string): void {
  if (/\.gguf$/iu.test(name)) return
  throw new AppError('invalid', 'Its address must end in .gguf: Troupe fetches GGUF files only')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw unknownSource()
  }
}

function unknownSource(): AppError {
  return new AppError(
    'invalid',
    'Say where the model is: an http(s) address that ends in .gguf, or hf:owner/repository/file.gguf',
  )
}
