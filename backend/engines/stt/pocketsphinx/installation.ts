import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Where the parts of pocketsphinx are; they come from the system's packages, not from npm. */
export interface Installation {
  readonly baseLibrary: string
  readonly library: string
  readonly acousticModel: string
  readonly languageModel: string
  readonly dictionary: string
}

/** The Debian and Ubuntu packages to install; the first brings what it depends on. */
export const POCKETSPHINX_PACKAGES = ['libpocketsphinx3', 'pocketsphinx-en-us'] as const

const LIBRARY_FOLDERS = ['usr/lib', 'usr/lib64', 'usr/local/lib']
const MODEL_FOLDERS = ['usr/share/pocketsphinx/model/en-us', 'usr/local/share/pocketsphinx/model/en-us']

/** @param root where to look: the root of the file system. */
export function findPocketsphinx(root = '/'): Installation | undefined {
  const folders = libraryFolders(root)
  const baseLibrary = firstWith(folders, 'libsphinxbase.so.3')
  const library = firstWith(folders, 'libpocketsphinx.so.3')
  const models = MODEL_FOLDERS.map((folder) => join(root, folder))
  const model = models.find((folder) => MODEL_FILES.every((file) => existsSync(join(folder, file))))
  if (!baseLibrary || !library || !model) return undefined
  return {
    baseLibrary,
    library,
    acousticModel: join(model, 'en-us'),
    languageModel: join(model, 'en-us.lm.bin'),
    dictionary: join(model, 'cmudict-en-us.dict'),
  }
}

/**
 * What keeps the embedded recogniser from working, as a sentence that says what to do; undefined if nothing does.
 * Looks at files only.
 */
export function pocketsphinxProblem(root = '/'): string | undefined {
  if (findPocketsphinx(root)) return undefined
  if (!existsSync(join(root, 'usr/bin/apt-get'))) {
    return 'Speech recognition is not installed: the embedded recogniser needs Debian or Ubuntu; elsewhere set TROUPE_STT_BASE_URL to a transcription server'
  }
  return `Speech recognition is not installed: run "apt-get install ${POCKETSPHINX_PACKAGES.join(' ')}" as root, then reload`
}

const MODEL_FILES = ['en-us/mdef', 'en-us/means', 'en-us.lm.bin', 'cmudict-en-us.dict']

/** Debian keeps libraries in a folder per architecture, `usr/lib/x86_64-linux-gnu`. */
function libraryFolders(root: string): string[] {
  const usrLib = join(root, 'usr/lib')
  const multiarch = existsSync(usrLib)
    ? readdirSync(usrLib).filter((name) => name.includes('-linux-gnu'))
    : []
  return [
    ...multiarch.map((name) => join(usrLib, name)),
    ...LIBRARY_FOLDERS.map((folder) => join(root, folder)),
  ]
}

function firstWith(folders: readonly string[], file: string): string | undefined {
  return folders.map((folder) => join(folder, file)).find((path) => existsSync(path))
}
