import { fork } from 'node:child_process'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { describe, expect, test, vi } from 'vitest'
import { type Transcriber, type TranscriptionSession } from '../../../../../backend/engines/contracts.ts'
import {
  createPocketsphinxTranscriber,
  type PocketsphinxOptions,
} from '../../../../../backend/engines/stt/pocketsphinx/pocketsphinx-transcriber.ts'
import { systemClock } from '../../../../../backend/lib/clock.ts'
import { recognizerChildren } from '../../../../support/recognizer-children.ts'
import { joined, recordings, silence, spoken } from '../../../../support/speech.ts'
import { wordErrorRate } from '../../../../support/word-error-rate.ts'

const NEVER = new AbortController().signal
const PATIENCE_MS = 120_000

function open(options: Partial<PocketsphinxOptions> = {}): Transcriber {
  return createPocketsphinxTranscriber({ clock: systemClock, ...options })
}

async function* chunksOf(speech: Int16Array): AsyncGenerator<Int16Array, void> {
  for (let at = 0; at < speech.length; at += 320) yield speech.subarray(at, at + 320)
  await Promise.resolve()
}

async function finalText(session: TranscriptionSession, speech: Int16Array): Promise<string> {
  let text = ''
  for await (const event of session.transcribe(chunksOf(speech), NEVER)) text = event.text
  return text
}

describe('pocketsphinx', { timeout: PATIENCE_MS }, () => {
  test('recognises the embedded voice', async () => {
    await using transcriber = open()
    await using session = transcriber.openSession()
    for (const text of [
      'Good morning, my old friend. How are you today?',
      'I would really like to hear your story about the old house.',
    ]) {
      const heard = await finalText(session, joined(silence(300), await spoken(text), silence(500)))
      expect(wordErrorRate(text, heard)).toBeLessThanOrEqual(0.25)
    }
  })

  // What was said in the recordings of the test folder that are clean enough for this engine.
  const SAID = new Map([
    [
      'austen-0870.wav',
      'and mister john dashwood had then leisure to consider how much there might be prudently in his power to do for them',
    ],
    ['austen-0880.wav', 'he was not an ill disposed young man'],
  ])
  test.each(recordings().filter(({ name }) => SAID.has(name)))(
    'recognises the human voice in $name',
    async ({ name, samples }) => {
      await using transcriber = open()
      await using session = transcriber.openSession()
      const heard = await finalText(session, joined(silence(300), samples, silence(500)))
      expect(wordErrorRate(SAID.get(name) ?? '', heard)).toBeLessThanOrEqual(0.35)
    },
  )

  test('keeps a child ready, and gives every session one of its own', async () => {
    const speech = await spoken('Good morning.')
    await using transcriber = open()
    expect(recognizerChildren()).toHaveLength(1)
    await using one = transcriber.openSession()
    await using other = transcriber.openSession()
    await finalText(one, speech)
    expect(recognizerChildren()).toHaveLength(1)
    await finalText(other, speech)
    expect(recognizerChildren()).toHaveLength(2)
    await one[Symbol.asyncDispose]()
    expect(recognizerChildren()).toHaveLength(1)
  })

  test('ends the idlest child when there would be too many, and its session takes another', async () => {
    const speech = await spoken('Good morning.')
    await using transcriber = open({ maxProcesses: 1 })
    await using one = transcriber.openSession()
    await using other = transcriber.openSession()
    const heard = await finalText(one, speech)
    expect(await finalText(other, speech)).toBe(heard)
    expect(await finalText(one, speech)).toBe(heard)
    await vi.waitFor(() => expect(recognizerChildren()).toHaveLength(1))
  })

  test('refuses one more utterance when all children are busy', async () => {
    await using transcriber = open({ maxProcesses: 1 })
    await using one = transcriber.openSession()
    await using other = transcriber.openSession()
    const hangUp = new AbortController()
    const talking = one.transcribe(endless(), hangUp.signal)[Symbol.asyncIterator]().next()
    talking.catch(() => {})
    await vi.waitFor(() => expect(recognizerChildren()).toHaveLength(1))
    await expect(finalText(other, silence(100))).rejects.toMatchObject({ code: 'engine_rate_limited' })
    hangUp.abort()
  })

  test('fails the utterance whose child dies, and no other, and goes on', async () => {
    const speech = await spoken('Good morning, my old friend.')
    await using transcriber = open()
    await using one = transcriber.openSession()
    await finalText(one, speech)
    const [victim] = recognizerChildren()
    await using other = transcriber.openSession()
    const otherHeard = finalText(other, speech)
    const events = one.transcribe(endless(speech), NEVER)[Symbol.asyncIterator]()
    await events.next()
    process.kill(victim ?? 0, 'SIGABRT')
    const death = (async () => {
      while (!(await events.next()).done);
    })()
    await expect(death).rejects.toMatchObject({ code: 'engine_failed' })
    expect(await otherHeard).not.toBe('')
    expect(await finalText(one, speech)).not.toBe('')
  })

  test('says in one sentence what is missing, and starts nothing', async () => {
    await using transcriber = open({ root: '/nowhere' })
    const { ready, detail } = transcriber.status()
    expect(ready).toBe(false)
    expect(detail).toContain('Speech recognition is not installed')
    await using session = transcriber.openSession()
    await expect(finalText(session, silence(100))).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: detail,
    })
    expect(recognizerChildren()).toHaveLength(0)
  })

  test('leaves no child behind when the server is killed', async () => {
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href
    const server = fork(new URL('server-to-kill.ts', import.meta.url), { execArgv: ['--import', tsx] })
    await new Promise((resolve) => {
      server.once('message', resolve)
    })
    const [child = 0] = recognizerChildren(server.pid)
    expect(child).toBeGreaterThan(0)
    server.kill('SIGKILL')
    await vi.waitFor(() => expect(() => process.kill(child, 0)).toThrow('ESRCH'), 10_000)
  })
})

/** The speech, and then nothing for ever. */
async function* endless(speech: Int16Array = new Int16Array()): AsyncGenerator<Int16Array, void> {
  yield* chunksOf(speech)
  await new Promise(() => {})
}
