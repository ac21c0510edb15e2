import { deflateSync } from 'node:zlib'
import { madeChunk } from './chunks.ts'

const WIDTH = 400
const HEIGHT = 600
const DEFAULT_COLOR = '#8a6f5c'

/** A picture for a character that has none: a bust in its colour. The same colour gives the same bytes. */
export function plainPicture(color: string | null): Uint8Array {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(WIDTH, 0)
  header.writeUInt32BE(HEIGHT, 4)
  // Eight bits a pixel, each the number of a colour.
  header.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    madeChunk('IHDR', header),
    madeChunk('PLTE', palette(color ?? DEFAULT_COLOR)),
    madeChunk('IDAT', deflateSync(pixels(), { level: 9 })),
    madeChunk('IEND', Buffer.alloc(0)),
  ])
}

/** Ground and figure. */
function palette(color: string): Buffer {
  const shades = [0, 2, 4].map((at) => Number.parseInt(color.slice(1 + at, 3 + at), 16))
  return Buffer.from([...shades, ...shades.map((shade) => Math.round(shade + (255 - shade) * 0.45))])
}

function pixels(): Buffer {
  const rows = Buffer.alloc((WIDTH + 1) * HEIGHT)
  for (let y = 0; y < HEIGHT; y += 1) {
    for (let x = 0; x < WIDTH; x += 1) {
      if (isFigure(x - WIDTH / 2, y)) rows[y * (WIDTH + 1) + 1 + x] = 1
    }
  }
  return rows
}

/** Head and shoulders. */
function isFigure(x: number, y: number): boolean {
  const isHead = Math.hypot(x, y - 235) < 85
  const isBody = y > 355 && Math.hypot(x / 150, (y - 600) / 245) < 1
  return isHead || isBody
}
