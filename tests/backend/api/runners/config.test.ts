import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { RunnersConfig } from '#shared/entities.ts'
import { runnersFile } from '../../../support/real-runners.ts'
import { type RunnersApp, runnersApp } from '../../../support/runners-app.ts'

const PATH = '/api/runners/config'

function textWith(...ids: readonly string[]): string {
  return JSON.stringify(runnersFile(Object.fromEntries(ids.map((id) => [id, {}]))))
}

async function idsOf(app: RunnersApp): Promise<unknown> {
  return (await app.ask('GET', '/api/runners')).told
}

describe('the runners file', () => {
  it('is told as it was written, with help for every setting of a runner', async () => {
    await using app = await runnersApp({ nova: {} })
    const { status, told } = await app.ask('GET', PATH)
    expect(status).toBe(200)
    const { text, path, problem, schema } = RunnersConfig.parse(told)
    expect(text).toBe(await readFile(path, 'utf8'))
    expect(problem).toBeUndefined()
    const helpless = unexplained(schema)
    expect(helpless).toEqual([])
  })

  it('counts as soon as it is changed', async () => {
    await using app = await runnersApp({ nova: {} })
    const text = textWith('nova', 'luna')
    const changed = await app.ask('PUT', PATH, { text })
    expect(changed).toMatchObject({ status: 200, told: { text } })
    expect(await idsOf(app)).toMatchObject({ overview: { runners: [{ id: 'nova' }, { id: 'luna' }] } })
    expect(await readFile(app.local.repository.path, 'utf8')).toBe(text)
  })

  it.each([
    ['{ "runners": [', 'no JSON'],
    ['{ "runners": 5 }', '"runners"'],
    ['{ "runners": [{ "kind": "llama", "id": "nova" }] }', 'runners.0.model'],
    [
      '{ "runners": [{ "kind": "gguf", "id": "a", "model": "x" }, { "kind": "gguf", "id": "A", "model": "x" }] }',
      'is a name of',
    ],
  ])('is not changed to what is wrong: %s', async (text, said) => {
    await using app = await runnersApp({ nova: {} })
    const before = await readFile(app.local.repository.path, 'utf8')
    expect(await app.ask('PUT', PATH, { text })).toMatchObject({
      status: 422,
      told: { code: 'invalid', error: expect.stringContaining(said) },
    })
    expect(await readFile(app.local.repository.path, 'utf8')).toBe(before)
    expect(await idsOf(app)).toMatchObject({ overview: { runners: [{ id: 'nova' }] } })
  })

  it('that somebody else has changed meanwhile stays as it is', async () => {
    await using app = await runnersApp({ nova: {} })
    const { path, text: expected } = app.local.repository
    const theirs = textWith('nova', 'theirs')
    await writeFile(path, theirs)
    const mine = { text: textWith('nova', 'mine'), expected }
    expect(await app.ask('PUT', PATH, mine)).toMatchObject({
      status: 409,
      told: { code: 'conflict', error: expect.stringContaining('read it again') },
    })
    expect(await readFile(path, 'utf8')).toBe(theirs)
    // What is read then is theirs, and can be changed.
    const read = RunnersConfig.parse((await app.ask('GET', PATH)).told)
    expect(read.text).toBe(theirs)
    expect((await app.ask('PUT', PATH, { ...mine, expected: read.text })).status).toBe(200)
  })

  it('that is wrong is told as it stands, with what is wrong, so that it can be mended here', async () => {
    await using app = await runnersApp({ nova: {} })
    await writeFile(app.local.repository.path, '{ "runners": [ oops')
    const broken = RunnersConfig.parse((await app.ask('GET', PATH)).told)
    expect(broken.text).toBe('{ "runners": [ oops')
    expect(broken.problem).toContain('no JSON')
    const text = textWith('luna')
    const mended = await app.ask('PUT', PATH, { text, expected: broken.text })
    expect(mended.status).toBe(200)
    expect(RunnersConfig.parse(mended.told).problem).toBeUndefined()
    expect(await idsOf(app)).toMatchObject({ overview: { runners: [{ id: 'luna' }] } })
  })

  it('is not changed by what says no text', async () => {
    await using app = await runnersApp({ nova: {} })
    expect(await app.ask('PUT', PATH, { runners: [] })).toMatchObject({
      status: 400,
      told: { code: 'bad_message', error: expect.stringContaining('text') },
    })
  })
})

/** Settings in the schema that nobody explains. */
function unexplained(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  const fields = new Map<string, unknown>(Object.entries(schema))
  const properties = Object.entries(fields.get('properties') ?? {})
  const bare = properties.flatMap(([name, inner]) => {
    const isExplained = typeof inner === 'object' && inner !== null && 'description' in inner
    return [...(isExplained ? [] : [`${path}.${name}`]), ...unexplained(inner, `${path}.${name}`)]
  })
  const inside = ['items', 'additionalProperties', 'anyOf', 'oneOf'].flatMap((key) => {
    const inner = fields.get(key)
    return (Array.isArray(inner) ? inner : [inner]).flatMap((one) => unexplained(one, path))
  })
  return [...bare, ...inside]
}
