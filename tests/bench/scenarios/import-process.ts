import { openAsBlob } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Sends all files of a folder to an address where they are imported, when it is told to; started by `cards.ts` and `chats.ts`. */

const [, , url = '', folder = ''] = process.argv

process.on('message', () => {
  importAll().then(
    (report) => process.send?.(report, () => process.exit(0)),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.('ready')

async function importAll(): Promise<object> {
  const form = new FormData()
  for (const name of await readdir(folder)) form.append('files', await openAsBlob(join(folder, name)), name)
  const startMs = performance.now()
  const headers = { accept: 'application/x-ndjson' }
  const response = await fetch(url, { method: 'POST', body: form, headers })
  if (!response.ok || !response.body) throw new Error(`The server answered with ${response.status}`)
  let firstMs = 0
  let text = ''
  for await (const chunk of response.body) {
    firstMs ||= performance.now() - startMs
    text += Buffer.from(chunk).toString('utf8')
  }
  const imported = text.split('\n').filter((line) => line.includes('"ok":true')).length
  return { totalMs: performance.now() - startMs, firstMs, imported }
}
