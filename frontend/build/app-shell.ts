import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Transformer } from '@napi-rs/image'
import { type Plugin } from 'vite'

const ICON = new URL('../src/assets/icon.svg', import.meta.url)
const WORKER = new URL('./service-worker.js', import.meta.url)
const SIZES_PX = [64, 180, 192, 512]
/** Launchers cut icons to shapes of their own: of a maskable one only the middle is sure to be seen. */
const SAFE_SHARE = 0.8

/** What makes the pages an app: icons drawn from our own sign, the manifest, and a worker that keeps the shell. */
export function appShell(): Plugin {
  return {
    name: 'troupe-app-shell',
    apply: 'build',
    async generateBundle(_options, bundle) {
      const emit = (fileName: string, source: string | Uint8Array): void => {
        this.emitFile({ type: 'asset', fileName, source })
      }
      const svg = await readFile(ICON, 'utf8')
      for (const size of SIZES_PX) emit(`icons/${size}.png`, await drawn(svg, size))
      emit('icons/maskable.png', await drawn(maskable(svg), 512))
      emit('manifest.webmanifest', JSON.stringify(manifest(), undefined, 2))
      const files = [
        '/',
        '/manifest.webmanifest',
        '/icons/64.png',
        '/icons/192.png',
        ...ahead(Object.keys(bundle)),
      ]
      const version = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12)
      const worker = await readFile(WORKER, 'utf8')
      emit(
        'sw.js',
        worker.replace('= __SHELL__', `= ${JSON.stringify(files)}`).replace('-__VERSION__', `-${version}`),
      )
    },
  }
}

/** All that the pages may need; of the fonts only the letters of most languages here, others as they come. */
function ahead(names: readonly string[]): string[] {
  const wanted = names.filter((name) => /\.(?:js|css|svg)$/u.test(name) || /-latin-.*\.woff2$/u.test(name))
  return wanted.map((name) => `/${name}`).toSorted()
}

function drawn(svg: string, sizePx: number): Promise<Uint8Array> {
  return Transformer.fromSvg(svg).resize(sizePx, sizePx).png()
}

function icon(file: string, sizePx: number, purpose: string): object {
  return { src: `/icons/${file}.png`, sizes: `${sizePx}x${sizePx}`, type: 'image/png', purpose }
}

/** The sign smaller, on its own ground, without round corners. */
function maskable(svg: string): string {
  const inside = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>'))
  const side = 32
  const margin = ((1 - SAFE_SHARE) / 2) * side
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}"><rect width="${side}" height="${side}" fill="#1a1310"/><g transform="translate(${margin} ${margin}) scale(${SAFE_SHARE})">${inside}</g></svg>`
}

function manifest(): object {
  return {
    id: '/',
    name: 'Troupe',
    short_name: 'Troupe',
    description: 'Talk with characters, on your own server',
    start_url: '/',
    scope: '/',
    display: 'standalone',
    background_color: '#1a1310',
    theme_color: '#1a1310',
    icons: [icon('192', 192, 'any'), icon('512', 512, 'any'), icon('maskable', 512, 'maskable')],
    shortcuts: [
      { name: 'Characters', url: '/characters' },
      { name: 'Conversations', url: '/conversations' },
    ],
  }
}
