import { describe, expect, it } from 'vitest'
import { runnersJsonSchema } from '../../../backend/runners/config/parse-runners-file.ts'
import { fieldsOf, grouped, kindsIn } from '../../../frontend/src/components/models/schema-fields.ts'
import { labelOf } from '../../../frontend/src/components/models/field-words.ts'

const schema = runnersJsonSchema()
const field = (kind: string, key: string) => fieldsOf(schema, kind).find((one) => one.key === key)

describe('the parameters of a runner', () => {
  it('are known for every kind there is', () => {
    expect(kindsIn(schema)).toEqual(['llama', 'whisper', 'command', 'gguf'])
    for (const kind of kindsIn(schema)) expect(fieldsOf(schema, kind).length).toBeGreaterThan(10)
  })

  it('are asked for in the way that suits them', () => {
    expect(field('llama', 'model')).toMatchObject({ type: 'text', isRequired: true })
    expect(field('llama', 'threads')).toMatchObject({ type: 'number', min: 1, max: 1024, isWhole: true })
    expect(field('llama', 'pinned')).toMatchObject({ type: 'switch', usual: false })
    expect(field('llama', 'tools')).toMatchObject({ type: 'yesNo' })
    expect(field('llama', 'flash_attention')).toMatchObject({
      type: 'choice',
      options: ['auto', 'on', 'off'],
    })
    expect(field('llama', 'args')).toMatchObject({ type: 'lines' })
    expect(field('command', 'offers')).toMatchObject({
      type: 'several',
      options: ['chat', 'embeddings', 'transcription', 'speech'],
      usual: ['chat'],
    })
    expect(field('llama', 'env')).toMatchObject({ type: 'json' })
  })

  it('may be one of several numbers', () => {
    expect(field('llama', 'ttl_s')).toMatchObject({ type: 'number', min: -1, max: 31_536_000, usual: 300 })
  })

  it('stand in groups, each of them once, and all of them have a name and a help of their own', () => {
    for (const kind of kindsIn(schema)) {
      const fields = fieldsOf(schema, kind)
      const groups = grouped(fields)
      const keys = groups.flatMap((group) => group.fields.map(({ key }) => key))
      expect(keys.toSorted()).toEqual(fields.map(({ key }) => key).toSorted())
      expect(groups.map(({ id }) => id)).not.toContain('more')
      expect(keys.filter((key) => labelOf(key) === key)).toEqual([])
    }
  })

  it('that these pages do not know yet stand at the end', () => {
    const newer = {
      properties: {
        runners: {
          items: {
            oneOf: [{ properties: { kind: { const: 'llama' }, warp: { type: 'boolean', default: true } } }],
          },
        },
      },
    }
    expect(grouped(fieldsOf(newer, 'llama'))).toMatchObject([
      { id: 'more', fields: [{ key: 'warp', type: 'switch' }] },
    ])
    expect(labelOf('warp')).toBe('warp')
    expect(fieldsOf(newer, 'gguf')).toEqual([])
    expect(fieldsOf('nothing', 'llama')).toEqual([])
  })
})
