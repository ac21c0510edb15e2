import { readFile } from 'node:fs/promises'
import { type Plugin } from 'vite'

const NAME = 'virtual:licences'
const ROOT = new URL('../../', import.meta.url)

interface Manifest {
  readonly version?: string
  readonly license?: string
  readonly dependencies?: Record<string, string>
  readonly devDependencies?: Record<string, string>
}

/** What the pages and the server are made of, as `import { licences } from 'virtual:licences'`. */
export function licences(): Plugin {
  return {
    name: 'troupe-licences',
    resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
    async load(id) {
      if (id !== `\0${NAME}`) return undefined
      const { dependencies = {}, devDependencies = {} } = await manifestAt('package.json')
      const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)]
      const known = names.filter((name) => !name.startsWith('@types/')).toSorted()
      const libraries = await Promise.all(
        known.map(async (name) => {
          const { version, license } = await manifestAt(`node_modules/${name}/package.json`)
          return { name, version, licence: license }
        }),
      )
      return `export const licences = ${JSON.stringify(libraries)}`
    },
  }
}

async function manifestAt(path: string): Promise<Manifest> {
  return JSON.parse(await readFile(new URL(path, ROOT), 'utf8'))
}
