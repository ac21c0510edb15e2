import { describe, expect, it } from 'vitest'
import {
  changedEntry,
  entriesIn,
  entryFor,
  freeName,
  nameFor,
  namesIn,
  withEntries,
} from '../../../frontend/src/components/models/runners-file.ts'

const file = (path: string, more: object = {}) => ({
  path,
  size_bytes: 1,
  modified_at: '2026-01-01T00:00:00.000Z',
  ...more,
})

describe('the runners file', () => {
  it('keeps what stands beside the runners, in its order', () => {
    const text = '{ "memory_mib": 8000, "runners": [{ "id": "a", "kind": "gguf" }], "max_running": 2 }'
    const changed = withEntries(text, (entries) => entries.map((entry) => ({ ...entry, pinned: true })))
    expect(JSON.parse(changed)).toEqual({
      memory_mib: 8000,
      runners: [{ id: 'a', kind: 'gguf', pinned: true }],
      max_running: 2,
    })
    expect(Object.keys(JSON.parse(changed))).toEqual(['memory_mib', 'runners', 'max_running'])
  })

  it('says what it may hold once it holds something', () => {
    expect(JSON.parse(withEntries('{}', () => [{ id: 'a' }]))).toEqual({
      $schema: './runners.schema.json',
      runners: [{ id: 'a' }],
    })
  })

  it('is only text where it is broken or of the older shape', () => {
    expect(entriesIn('{ "runners": [')).toBeNull()
    expect(entriesIn('{ "models": { "a": "a.gguf" } }')).toBeNull()
    expect(entriesIn('[]')).toBeNull()
    expect(entriesIn('{}')).toEqual([])
    expect(() => withEntries('{ "models": {} }', (entries) => entries)).toThrow('no list')
  })

  it('loses a parameter that is set to nothing', () => {
    expect(changedEntry({ id: 'a', threads: 4 }, { threads: undefined, pinned: true })).toEqual({
      id: 'a',
      pinned: true,
    })
  })
})

describe('the name of a new runner', () => {
  it('is that of its file, as one can type it', () => {
    expect(nameFor('/models/Llama 3.1 (8B)-Instruct-Q4_K_M-00001-of-00003.gguf')).toBe(
      'llama-3.1-8b-instruct-q4_k_m',
    )
    expect(nameFor('C:\\models\\Größe.GGUF')).toBe('größe')
    expect(nameFor('/models/!!.gguf')).toBe('model')
  })

  it('is not one that there is already, in whatever case', () => {
    const taken = namesIn([{ id: 'Nova', aliases: ['nova-2'] }])
    expect(freeName('nova', taken)).toBe('nova-3')
    expect(freeName('star', taken)).toBe('star')
  })
})

describe('a file that is set up', () => {
  it('runs with llama-server, with as much context as does not hurt', () => {
    expect(entryFor(file('/m/Nova.gguf', { context_length: 131_072 }), new Set())).toEqual({
      kind: 'llama',
      id: 'nova',
      model: '/m/Nova.gguf',
      context_tokens: 8_192,
    })
    expect(entryFor(file('/m/Nova.gguf', { context_length: 4_096 }), new Set(['nova']))).toEqual({
      kind: 'llama',
      id: 'nova-2',
      model: '/m/Nova.gguf',
    })
  })

  it('sees if a projector lies beside it, and embeds if it is made for that', () => {
    expect(entryFor(file('/m/eye.gguf', { projector_path: '/m/mmproj.gguf' }), new Set())).toMatchObject({
      mmproj: '/m/mmproj.gguf',
    })
    expect(entryFor(file('/m/bge.gguf', { architecture: 'nomic-bert' }), new Set())).toMatchObject({
      embeddings: true,
    })
  })
})
