import { describe, expect, it } from 'vitest'
import { ImportQueue, type SendFile } from '../../../frontend/src/components/library/import-queue.ts'
import { type ImportResult } from '#shared/entities/import.ts'
import { nora } from '../support/things.ts'
import { resultsIn } from '../../../frontend/src/components/library/import-result.ts'

const file = (name: string) => new File(['x'], name)
const report = { repaired: [], ignored: [], kept: [] }
const came = (name: string): ImportResult => ({ file: name, ok: true, outcome: 'created', report })
const refused = (name: string): ImportResult => ({
  file: name,
  ok: false,
  outcome: 'failed',
  error: 'This is no card',
  report,
})
const known = (name: string): ImportResult => ({
  file: name,
  ok: true,
  outcome: 'skipped',
  duplicate_of: 'nora-001',
  report,
})

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = []
  for await (const item of items) found.push(item)
  return found
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 60; turn++) await Promise.resolve()
}

/** A server that answers each file by its name. */
function createQueue(answers: Record<string, ImportResult[] | Error>) {
  const sent: string[] = []
  const send: SendFile = async function* answer({ name }, { onDuplicate }) {
    sent.push(`${name} ${onDuplicate}`)
    await Promise.resolve()
    const answered = answers[name] ?? [came(name)]
    if (answered instanceof Error) throw answered
    for (const result of answered) {
      yield onDuplicate === 'skip' ? result : came(result.file)
    }
  }
  const queue = new ImportQueue(send, (error) => (error instanceof Error ? error.message : 'broken'))
  const states = () => queue.items.value.map(({ name, state }) => `${name} ${state}`)
  return { queue, sent, states }
}

describe('ImportQueue', () => {
  it('brings in many files, and says of each what became of it', async () => {
    const { queue, states } = createQueue({
      'b.png': [refused('b.png')],
      'c.png': new Error('The line broke'),
    })
    queue.add([file('a.png'), file('b.png'), file('c.png'), file('d.png')])
    await settle()
    expect(states()).toEqual(['a.png done', 'b.png failed', 'c.png failed', 'd.png done'])
    expect(queue.items.value[2]?.failure).toBe('The line broke')
  })

  it('shows every card of an archive', async () => {
    const { queue, states } = createQueue({
      'all.zip': [came('one.png'), came('two.png')],
    })
    queue.add([file('all.zip')])
    await settle()
    expect(states()).toEqual(['one.png done', 'two.png done'])
  })

  it('waits for a decision about duplicates, and sends again what is to be a copy', async () => {
    const { queue, sent, states } = createQueue({
      'a.png': [known('a.png')],
    })
    queue.add([file('a.png'), file('b.png')])
    await settle()
    expect(states()).toEqual(['a.png duplicate', 'b.png done'])
    queue.decide(queue.items.value[0]?.key ?? 0, 'copy', false)
    await settle()
    expect(states()).toEqual(['a.png done', 'b.png done'])
    expect(sent).toEqual(['a.png skip', 'b.png skip', 'a.png copy'])
  })

  it('applies a decision for all to those that come later', async () => {
    const { queue, sent, states } = createQueue({
      'a.png': [known('a.png')],
      'b.png': [known('b.png')],
      'c.png': [known('c.png')],
    })
    queue.add([file('a.png'), file('b.png')])
    await settle()
    queue.decide(queue.items.value[0]?.key ?? 0, 'update', true)
    queue.add([file('c.png')])
    await settle()
    expect(states()).toEqual(['a.png done', 'b.png done', 'c.png done'])
    expect(sent.slice(2)).toEqual(['a.png update', 'b.png update', 'c.png update'])
  })

  it('sends an archive as a whole when cards in it are to be updated', async () => {
    const { queue, sent, states } = createQueue({
      'all.zip': [known('one.png'), came('two.png'), known('three.png')],
    })
    queue.add([file('all.zip')])
    await settle()
    queue.decide(queue.items.value[0]?.key ?? 0, 'update', true)
    await settle()
    expect(sent).toEqual(['all.zip skip', 'all.zip update'])
    expect(states().toSorted()).toEqual(['one.png done', 'three.png done', 'two.png done'])
  })

  it('keeps what has come when it is stopped, and can go on with the rest', async () => {
    const { queue, states } = createQueue({})
    queue.add(['a', 'b', 'c', 'd', 'e'].map(file))
    queue.stop()
    await settle()
    expect(states()).toEqual(['a stopped', 'b stopped', 'c stopped', 'd stopped', 'e stopped'])
    queue.retry()
    await settle()
    expect(states()).toEqual(['a done', 'b done', 'c done', 'd done', 'e done'])
  })
})

describe('resultsIn()', () => {
  const results = [{ ...came('a.png'), character: { ...nora, name: 'Änne' } }, refused('b.png')]

  it('reads results line by line, wherever the pieces are cut', async () => {
    const bytes = new TextEncoder().encode(results.map((result) => `${JSON.stringify(result)}\n`).join(''))
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece)
        controller.close()
      },
    })
    const response = new Response(body, { headers: { 'content-type': 'application/x-ndjson' } })
    expect(await all(resultsIn(response))).toEqual(results)
  })

  it('reads them as one list, too', async () => {
    const response = Response.json(results)
    expect(await all(resultsIn(response))).toEqual(results)
  })
})
