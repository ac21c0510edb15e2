import * as fc from 'fast-check'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeGguf } from '../../../../backend/lib/gguf/describe-gguf.ts'
import { GgufError } from '../../../../backend/lib/gguf/gguf-error.ts'
import { allParts, partOf } from '../../../../backend/lib/gguf/parts.ts'
import { type GgufFile, readGgufFile } from '../../../../backend/lib/gguf/read-header.ts'
import { type GgufField, writeGguf } from '../../../support/gguf-writer.ts'

const NEVER = new AbortController().signal

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-header-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function read(bytes: Uint8Array): Promise<GgufFile> {
  const path = join(folder, 'file.gguf')
  await writeFile(path, bytes)
  return readGgufFile(path, NEVER)
}

async function failure(bytes: Uint8Array): Promise<string> {
  const outcome = await read(bytes).then(
    () => 'was read',
    (error: unknown) => error,
  )
  if (outcome instanceof GgufError) return outcome.message
  throw new Error('Expected a GgufError', { cause: outcome })
}

const FIELDS: Readonly<Record<string, GgufField>> = {
  'general.architecture': { type: 'string', value: 'llama' },
  'general.name': { type: 'string', value: 'Little One' },
  'general.file_type': { type: 'uint32', value: 15 },
  'llama.context_length': { type: 'uint32', value: 8_192 },
  'llama.embedding_length': { type: 'uint32', value: 64 },
  'tokenizer.ggml.tokens': { type: 'strings', value: ['a', 'b', ''] },
  'tokenizer.ggml.scores': { type: 'float32s', value: [1, 2, 3] },
  'tokenizer.chat_template': { type: 'string', value: '{{ messages }}' },
}
const TENSORS = [
  { name: 'one', dimensions: [8, 4], values: new Float32Array(32) },
  { name: 'two', dimensions: [3], values: new Float32Array(3) },
]
const GOOD = writeGguf({ fields: FIELDS, tensors: TENSORS })

async function kindOf(fields: Record<string, GgufField>): Promise<string> {
  const { header } = await read(writeGguf({ fields, tensors: [] }))
  return describeGguf([header]).kind
}

describe('the header of a GGUF file', () => {
  test('tells what the model is', async () => {
    const { header, sizeBytes } = await read(GOOD)
    expect(sizeBytes).toBe(GOOD.length)
    expect(describeGguf([header])).toEqual({
      kind: 'model',
      name: 'Little One',
      architecture: 'llama',
      quantization: 'Q4_K_M',
      parameterCount: 35,
      contextLength: 8_192,
      embeddingLength: 64,
      chatTemplate: '{{ messages }}',
    })
  })

  test('is read in version 2, too', async () => {
    const { header } = await read(writeGguf({ version: 2, fields: FIELDS, tensors: TENSORS }))
    expect(header.version).toBe(2)
  })

  test('names the packing of most weights where the file does not say', async () => {
    const { 'general.file_type': _type, ...fields } = FIELDS
    const { header } = await read(writeGguf({ fields, tensors: TENSORS }))
    expect(describeGguf([header]).quantization).toBe('F32')
  })

  test('tells projectors and adapters from models', async () => {
    expect(await kindOf({ 'general.architecture': { type: 'string', value: 'clip' } })).toBe('projector')
    expect(await kindOf({ 'general.type': { type: 'string', value: 'adapter' } })).toBe('adapter')
    expect(await kindOf({ 'general.type': { type: 'string', value: 'imatrix' } })).toBe('other')
    expect(await kindOf({})).toBe('model')
  })

  test('of any text and numbers comes back as it was written', async () => {
    const field = fc.oneof(
      fc.string({ unit: 'grapheme' }).map((value): GgufField => ({ type: 'string', value })),
      fc.nat().map((value): GgufField => ({ type: 'uint32', value })),
      fc.maxSafeNat().map((value): GgufField => ({ type: 'uint64', value })),
      fc.integer().map((value): GgufField => ({ type: 'int32', value })),
      fc.boolean().map((value): GgufField => ({ type: 'bool', value })),
    )
    const key = fc
      .string({ minLength: 1, unit: 'grapheme-ascii' })
      .filter((text) => text !== 'general.alignment')
    await fc.assert(
      fc.asyncProperty(fc.dictionary(key, field), async (fields) => {
        const { header } = await read(writeGguf({ fields, tensors: TENSORS }))
        for (const [name, { value }] of Object.entries(fields)) expect(header.metadata.get(name)).toBe(value)
        expect(header.metadata.size).toBe(Object.keys(fields).length)
      }),
      { numRuns: 100, seed: 1 },
    )
  })
})

describe('a GGUF file that is not whole', () => {
  test('is told wherever it is cut', async () => {
    for (let length = 0; length < GOOD.length - 20; length += 1) {
      const message = await failure(GOOD.subarray(0, length))
      expect(message).toMatch(/^It is (?:empty$|not whole: .+ Download it again$)/u)
    }
  })

  test('is told where its weights are cut: how much is missing', async () => {
    // The last tensor is 12 bytes; what is behind them is padding.
    expect(await failure(GOOD.subarray(0, GOOD.length - 21))).toContain('1 bytes are missing at its end')
    await expect(read(GOOD.subarray(0, GOOD.length - 20))).resolves.toBeDefined()
  })
})

describe('a file that is something else', () => {
  test.each([
    ['<!doctype html><html></html>', 'It is a web page'],
    ['version https://git-lfs.github.com/spec/v1', 'git lfs pull'],
    ['lmggmlggml', 'before GGUF'],
    ['PK\u0003\u0004 zip', 'not a GGUF file'],
  ])('is told what it is: %s', async (text, words) => {
    expect(await failure(Buffer.from(text))).toContain(words)
  })

  test.each([
    [1, 'version 1'],
    [4, 'version 4'],
    [3 * 2 ** 24, 'big-endian'],
  ])('of version %i is told why it cannot be read', async (version, words) => {
    const bytes = Buffer.from(GOOD)
    bytes.writeUInt32LE(version, 4)
    expect(await failure(bytes)).toContain(words)
  })
})

describe('a file made to hurt', () => {
  const TENSOR_COUNT_AT = 8
  const ENTRY_COUNT_AT = 16
  const FIRST_KEY_LENGTH_AT = 24
  const HUGE = 2n ** 63n

  test.each([
    ['tensors', TENSOR_COUNT_AT],
    ['entries', ENTRY_COUNT_AT],
    ['letters of a key', FIRST_KEY_LENGTH_AT],
  ])('that claims a huge number of %s is refused at once', async (_what, at) => {
    const bytes = Buffer.from(GOOD)
    bytes.writeBigUInt64LE(HUGE, at)
    const startMs = performance.now()
    expect(await failure(bytes)).toMatch(/cannot be|too long/u)
    expect(performance.now() - startMs).toBeLessThan(1_000)
  })

  test('that nests lists without end is refused', async () => {
    const nested = Array.from({ length: 10_000 }, () => [9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]).flat()
    const start = Buffer.alloc(24)
    start.write('GGUF')
    start.writeUInt32LE(3, 4)
    start.writeUInt32LE(1, 16)
    const entry = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0, 0x78, 9, 0, 0, 0, ...nested])
    expect(await failure(Buffer.concat([start, entry]))).toContain('too deeply')
  })

  test('with any bytes changed is read, or refused with a sentence, soon', async () => {
    const changes = fc.array(fc.tuple(fc.nat(GOOD.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(changes, async (changed) => {
        const bytes = Buffer.from(GOOD)
        for (const [at, value] of changed) bytes[at] = value
        const outcome = await read(bytes).then(
          () => 'read',
          (thrown: unknown) => (thrown instanceof GgufError ? 'refused' : thrown),
        )
        expect(['read', 'refused']).toContain(outcome)
      }),
      { numRuns: 1_000, seed: 7 },
    )
  })

  test('of random bytes after the magic is refused with a sentence', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (noise) => {
        const bytes = Buffer.concat([GOOD.subarray(0, 24), noise])
        expect(await failure(bytes)).not.toBe('')
      }),
      { numRuns: 500, seed: 3 },
    )
  })
})

describe('models in several files', () => {
  test('are known by their names', () => {
    expect(partOf('/m/big-00002-of-00003.gguf')).toEqual({ stem: '/m/big', number: 2, count: 3 })
    expect(partOf('/m/big-00004-of-00003.gguf')).toBeUndefined()
    expect(partOf('/m/big.gguf')).toBeUndefined()
    expect(allParts('big-00002-of-00003.GGUF')).toEqual([
      'big-00001-of-00003.GGUF',
      'big-00002-of-00003.GGUF',
      'big-00003-of-00003.GGUF',
    ])
  })
})
