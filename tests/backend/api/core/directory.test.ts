import { describe, expect, test } from 'vitest'
import { CharacterDraft } from '#shared/entities.ts'
import { AppError } from '../../../../backend/errors.ts'
import { createScriptedModel } from '../../../../backend/engines/llm/scripted/scripted-model.ts'
import { systemClock } from '../../../../backend/lib/clock.ts'
import { FakeClock } from '../../../fakes/fake-clock.ts'
import { FakeLanguageModel } from '../../../fakes/fake-language-model.ts'
import { doorHouse } from '../../../support/door-house.ts'

const signal = new AbortController().signal

function modelWith(...ids: readonly string[]): FakeLanguageModel {
  const model = new FakeLanguageModel(systemClock)
  const profiles = ids.map((id) => ({ ...model.modelProfile, id }))
  return Object.assign(model, {
    modelProfile: { ...model.modelProfile, id: ids[0] ?? '' },
    listModels: () => Promise.resolve(profiles),
  })
}

describe('the directory', () => {
  test('lists models first, then characters', async () => {
    await using house = await doorHouse({ engines: { model: modelWith('llama3.1:8b', 'nomic-embed-text') } })
    await house.store.characters.create(
      CharacterDraft.parse({ name: 'Captain Nova', description: 'Flies far.' }),
    )
    const all = await house.doors.directory.list(signal)
    expect(all.map(({ id, kind }) => [id, kind])).toEqual([
      ['llama3.1:8b', 'model'],
      ['nomic-embed-text', 'embedding'],
      ['character:captain-nova-001', 'character'],
    ])
    expect(all[2]).toMatchObject({ name: 'Captain Nova', description: 'Flies far.' })
  })

  test('finds by id, by name and by what programs make of names', async () => {
    await using house = await doorHouse({ engines: { model: modelWith('qwen3', 'llama3.1:8b') } })
    const { directory } = house.doors
    const { id } = await house.store.characters.create(
      CharacterDraft.parse({ name: 'Captain Nova', nickname: 'Cap' }),
    )
    const found = async (name: string) => (await directory.find(name, signal))?.id
    expect(await found('Qwen3')).toBe('qwen3')
    expect(await found('qwen3:latest')).toBe('qwen3')
    expect(await found('default')).toBe('qwen3')
    expect(await found('llama3.1:8B')).toBe('llama3.1:8b')
    expect(await found(`character:${id}`)).toBe(`character:${id}`)
    expect(await found('character:captain-nova')).toBe(`character:${id}`)
    expect(await found('Character:CAP:latest')).toBe(`character:${id}`)
    expect(await found('gpt-9')).toBeUndefined()
    expect(await found('character:nobody')).toBeUndefined()
  })

  test('finds a character that has just been made', async () => {
    await using house = await doorHouse()
    await house.doors.directory.list(signal)
    const { id } = await house.store.characters.create(CharacterDraft.parse({ name: 'Late' }))
    expect(await house.doors.directory.find(`character:${id}`, signal)).toMatchObject({ name: 'Late' })
  })

  test('keeps the last list while the model server is away', async () => {
    const clock = new FakeClock()
    const model = modelWith('qwen3', 'llama3.1:8b')
    await using house = await doorHouse({ engines: { model }, clock })
    expect(await house.doors.directory.list(signal)).toHaveLength(2)
    model.listModels = () => Promise.reject(new AppError('engine_unavailable', 'The server is away'))
    await clock.advance(60_000)
    expect(await house.doors.directory.list(signal)).toHaveLength(2)
    expect(await house.doors.directory.find('llama3.1:8b', signal)).toBeDefined()
    await expect(house.doors.directory.find('gemma', signal)).rejects.toThrow('The server is away')
  })

  test('has the model that is set up even where the server lists none', async () => {
    const model = modelWith('qwen3')
    model.listModels = () => Promise.reject(new AppError('engine_rejected', 'No list here'))
    await using house = await doorHouse({ engines: { model } })
    expect(await house.doors.directory.list(signal)).toEqual([expect.objectContaining({ id: 'qwen3' })])
    expect(await house.doors.directory.find('qwen3', signal)).toBeDefined()
  })

  test('is not empty on a bare machine', async () => {
    const model = createScriptedModel({ clock: systemClock })
    await using house = await doorHouse({ engines: { model } })
    expect(await house.doors.directory.list(signal)).toEqual([
      expect.objectContaining({ id: 'scripted', kind: 'model' }),
    ])
  })
})
