import { z } from 'zod'
import { ImportResult } from '#shared/entities/import.ts'

/** The results in an answer, each as soon as it is there: one per line, or all in one list. */
export async function* resultsIn(response: Response): AsyncGenerator<ImportResult> {
  const isLines = response.headers.get('content-type')?.includes('ndjson') ?? false
  if (!isLines || response.body === null) {
    yield* z.array(ImportResult).parse(await response.json())
    return
  }
  for await (const line of linesOf(response.body)) yield ImportResult.parse(JSON.parse(line))
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    rest += decoder.decode(value, { stream: !done })
    const lines = rest.split('\n')
    rest = done ? '' : (lines.pop() ?? '')
    yield* lines.filter((line) => line.trim() !== '')
    if (done) return
  }
}
