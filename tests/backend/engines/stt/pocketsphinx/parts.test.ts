import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  findPocketsphinx,
  pocketsphinxProblem,
} from '../../../../../backend/engines/stt/pocketsphinx/installation.ts'
import { transcriptText } from '../../../../../backend/engines/stt/pocketsphinx/transcript-text.ts'
import { UtteranceDecoding } from '../../../../../backend/engines/stt/pocketsphinx/utterance-decoding.ts'

describe('transcriptText()', () => {
  test.each([
    ['<s> good morning </s>', 'good morning'],
    ['good(2) morning <sil> to(3) you', 'good morning to you'],
    ['[NOISE] yes ++BREATH++ no [SPEECH]', 'yes no'],
    ["  i  can't ", "i can't"],
    ['<sil> [NOISE]', ''],
    ['', ''],
  ])('reads %j as %j', (hypothesis, text) => {
    expect(transcriptText(hypothesis)).toBe(text)
  })
})

describe('findPocketsphinx()', () => {
  const MODEL = 'usr/share/pocketsphinx/model/en-us'
  const MODEL_FILES = ['en-us/mdef', 'en-us/means', 'en-us.lm.bin', 'cmudict-en-us.dict']
  const LIBRARIES = ['libsphinxbase.so.3', 'libpocketsphinx.so.3']
  let root = ''

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'troupe-root-'))
  })
  afterEach(() => rmSync(root, { recursive: true }))

  function place(...files: readonly string[]): void {
    for (const file of files) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), '')
    }
  }

  test.each(['usr/lib/aarch64-linux-gnu', 'usr/lib64', 'usr/local/lib'])(
    'finds libraries in %s',
    (folder) => {
      place(...LIBRARIES.map((name) => join(folder, name)), ...MODEL_FILES.map((name) => join(MODEL, name)))
      expect(findPocketsphinx(root)).toMatchObject({
        library: join(root, folder, 'libpocketsphinx.so.3'),
        languageModel: join(root, MODEL, 'en-us.lm.bin'),
      })
      expect(pocketsphinxProblem(root)).toBeUndefined()
    },
  )

  test('names the packages to install where there is apt-get', () => {
    place('usr/bin/apt-get')
    expect(pocketsphinxProblem(root)).toContain('apt-get install libpocketsphinx3 pocketsphinx-en-us')
  })

  test('names another way where there is none', () => {
    expect(pocketsphinxProblem(root)).toContain('TROUPE_STT_BASE_URL')
  })

  test('notices a model without its parts', () => {
    place(...LIBRARIES.map((name) => join('usr/lib', name)), join(MODEL, 'en-us.lm.bin'))
    expect(findPocketsphinx(root)).toBeUndefined()
  })
})

describe('UtteranceDecoding', () => {
  const SECOND = new Int16Array(16_000)

  /** Writes down what it is made to do; hears one word per second, and a pause whenever the test says so. */
  class FakeDecoder {
    isHearingSpeech = true
    text = ''
    readonly calls: string[] = []
    #spokenSeconds = 0

    start(): void {
      this.calls.push('start')
      this.text = ''
    }

    process(pcm: Int16Array): void {
      if (pcm.length === 0) return
      this.#spokenSeconds += 1
      this.text = `${this.text} w${this.#spokenSeconds}`.trim()
    }

    end(): void {
      this.calls.push('end')
    }
  }

  test('gives a partial text when it is new', () => {
    const decoder = new FakeDecoder()
    const decoding = new UtteranceDecoding(decoder)
    expect(decoding.process(SECOND)).toBe('w1')
    expect(decoding.process(SECOND.subarray(0, 100))).toBeUndefined()
    expect(decoding.process(SECOND)).toBe('w1 w2 w3')
    expect(decoding.end()).toBe('w1 w2 w3')
  })

  test('closes long speech piece by piece at pauses, and gives it as one text', () => {
    const decoder = new FakeDecoder()
    const decoding = new UtteranceDecoding(decoder)
    for (let second = 1; second <= 20; second += 1) {
      decoder.isHearingSpeech = second !== 18 && second !== 3
      decoding.process(SECOND)
    }
    expect(decoder.calls).toEqual(['start', 'end', 'start'])
    expect(decoding.end().split(' ')).toHaveLength(20)
  })

  test('closes a piece in the middle of speech when there is no pause', () => {
    const decoder = new FakeDecoder()
    const decoding = new UtteranceDecoding(decoder)
    for (let second = 1; second <= 31; second += 1) decoding.process(SECOND)
    expect(decoder.calls).toEqual(['start', 'end', 'start'])
    expect(decoding.end().split(' ')).toHaveLength(31)
  })
})
