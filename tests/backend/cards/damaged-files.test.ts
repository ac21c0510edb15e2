import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { readCard } from '../../../backend/cards/read-card.ts'
import { AppError } from '../../../backend/errors.ts'
import { exported, imported } from './library.ts'
import {
  base64,
  cardPng,
  packedTextChunk,
  pngChunk,
  pngOf,
  textChunk,
  withField,
  zipOf,
} from './made-files.ts'

const CARD = JSON.stringify({
  spec: 'chara_card_v2',
  spec_version: '2.0',
  data: { name: 'Anna', description: 'd', first_mes: 'Hello', tags: ['a'], extensions: {} },
})

/** Reads what may be broken. @returns the sentence it was refused with, if it was, and how much work that was. */
async function tried(
  bytes: Uint8Array,
): Promise<{ readonly refusal: string | undefined; readonly workMs: number }> {
  // Work of this process, not time: the machine may have other things to do meanwhile.
  const start = process.cpuUsage()
  const workMs = (): number => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1_000
  }
  try {
    await readCard(bytes, 'x.png')
    return { refusal: undefined, workMs: workMs() }
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'invalid') throw error
    return { refusal: error.message, workMs: workMs() }
  }
}

/** The longest of many tries, but for the few in which memory was tidied up. */
function usualMs(all: readonly number[]): number {
  return all.toSorted((one, other) => other - one)[Math.floor(all.length / 200)] ?? 0
}

describe('a damaged picture', () => {
  const whole = cardPng(CARD)

  test('gives a character or a sentence, wherever it is cut off', async () => {
    const tries = []
    for (let length = 0; length < whole.length; length += 1)
      tries.push(await tried(whole.subarray(0, length)))
    const refusals = tries.slice(0, -12).map(({ refusal }) => refusal ?? '')
    expect(refusals.filter((sentence) => sentence.length < 15)).toEqual([])
    expect(usualMs(tries.map(({ workMs }) => workMs))).toBeLessThan(50)
  })

  test('gives a character or a sentence, whichever of its bits is wrong', async () => {
    const times: number[] = []
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const flipped = Buffer.from(whole)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      times.push((await tried(flipped)).workMs)
    }
    expect(usualMs(times)).toBeLessThan(50)
  })

  test('is told of, if its card can be read all the same', async () => {
    const flipped = Buffer.from(whole)
    const checksum = whole.indexOf('IEND') - 5
    flipped[checksum] = (flipped[checksum] ?? 0) ^ 1
    const { report } = await readCard(flipped, 'x.png')
    expect(report.ignored).toContainEqual({ path: 'png.chara', reason: expect.stringContaining('checksum') })
  })

  test('is refused when its card unpacks to far more than a card is', async () => {
    const bomb = pngChunk(
      'zTXt',
      Buffer.concat([Buffer.from('chara\0\0'), deflateSync(Buffer.alloc(200_000_000, 'A'))]),
    )
    const { refusal, workMs } = await tried(pngOf([bomb]))
    expect(refusal).toContain('damaged')
    expect(workMs).toBeLessThan(500)
    expect(
      (await tried(pngOf(Array.from({ length: 500 }, () => packedTextChunk('chara', 'e30='))))).refusal,
    ).toBeDefined()
  })

  test('with a card that nests without end is refused or read, and never ends the server', async () => {
    const deep = `{"name":"Deep","description":"d","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
    const tries = [await tried(pngOf([textChunk('chara', base64(deep))])), await tried(Buffer.from(deep))]
    expect(tries.map(({ refusal }) => refusal)).toEqual([undefined, undefined])
    // It cannot be compared with itself, so it is not edited, and says so.
    const from = await imported(deep, 'deep.json')
    await expect(exported(from, { character: { name: 'Edited' } })).rejects.toThrow('nested too deeply')
  })
})

describe('a harmful archive', () => {
  const files = { 'card.json': CARD.replace('v2', 'v3'), 'assets/icon/images/main.png': 'picture' }

  test.each([
    ['../../evil.png', 'cannot be read'],
    ['/etc/evil.png', 'cannot be read'],
    ['a\\evil.png', 'cannot be read'],
  ])('with a file named %s is refused', async (name, sentence) => {
    const zip = await zipOf({ ...files, [name.replaceAll(/[./\\]/g, 'x').padEnd(name.length, 'x')]: 'evil' })
    const plain = name.replaceAll(/[./\\]/g, 'x')
    const renamed = Buffer.from(zip.toString('latin1').replaceAll(plain, name), 'latin1')
    expect((await tried(renamed)).refusal).toContain(sentence)
  })

  test('that says it is small and is not, or says it is large, is refused at once', async () => {
    const zip = await zipOf({ ...files, 'big.json': Buffer.alloc(60_000_000) })
    const large = await tried(zip)
    expect(large.refusal).toContain('too large')
    expect(large.workMs).toBeLessThan(100)
    const liar = await zipOf({ 'card.json': Buffer.alloc(60_000_000, ' ') })
    const lying = withField(liar, 'card.json', (header, at) => header.writeUInt32LE(100, at + 24))
    const result = await tried(lying)
    expect(result.refusal).toContain('larger than it says')
    expect(result.workMs).toBeLessThan(100)
  })

  test('with ten thousand files is refused at once', async () => {
    const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`f${index}`, '']))
    const { refusal, workMs } = await tried(await zipOf({ ...files, ...many }))
    expect(refusal).toContain('10000 files')
    expect(workMs).toBeLessThan(100)
  })

  test('with links or with files that share their bytes is refused', async () => {
    const zip = await zipOf({ ...files, link: 'x' })
    const linked = withField(zip, 'link', (header, at) =>
      header.writeUInt32LE((0o120777 << 16) >>> 0, at + 38),
    )
    expect((await tried(linked)).refusal).toContain('links')
    const two = await zipOf({ ...files, 'one.bin': 'aaaa', 'two.bin': 'bbbb' })
    const local = two.indexOf('one.bin') - 30
    const shared = withField(two, 'two.bin', (header, at) => header.writeUInt32LE(local, at + 42))
    expect((await tried(shared)).refusal).toContain('overlap')
  })

  test('that is cut off anywhere, or has any byte wrong, gives a character or a sentence', async () => {
    const zip = await zipOf(files)
    const tries = []
    for (let length = 0; length < zip.length; length += 1) tries.push(await tried(zip.subarray(0, length)))
    for (let index = 0; index < zip.length; index += 1) {
      const wrong = Buffer.from(zip)
      wrong[index] = (wrong[index] ?? 0) ^ 0xff
      tries.push(await tried(wrong))
    }
    expect(tries.filter(({ refusal }) => refusal !== undefined && refusal.length < 15)).toEqual([])
    expect(usualMs(tries.map(({ workMs }) => workMs))).toBeLessThan(50)
  })
})
