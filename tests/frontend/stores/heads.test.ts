import { beforeEach, describe, expect, it } from 'vitest'
import { computed } from 'vue'
import { useLibrary } from '../../../frontend/src/stores/library.ts'
import { createStage } from '../support/fake-stage.ts'
import { head } from '../support/heads.ts'
import { nora } from '../support/things.ts'

let stage: ReturnType<typeof createStage>
let library: ReturnType<typeof useLibrary>
beforeEach(async () => {
  stage = createStage()
  library = useLibrary(stage.pinia)
  stage.open()
  await stage.settle()
})

const asked = () => stage.server.lastSent('get_character_heads')?.data
const answerHeads = (...heads: ReturnType<typeof head>[]) =>
  stage.answer('get_character_heads', {
    type: 'character_heads_data',
    data: { heads, total: heads.length },
  })

describe('library.head()', () => {
  it('asks once for all who are looked at together, and shows them when they come', async () => {
    const names = computed(() => ['a', 'b', 'a'].map((id) => library.head(id)?.name ?? '…'))
    expect(names.value).toEqual(['…', '…', '…'])
    await stage.settle()
    expect(asked()).toEqual({ ids: ['a', 'b'], limit: 2 })
    await answerHeads(head('a', { name: 'Anna' }), head('b', { name: 'Ben' }))
    expect(names.value).toEqual(['Anna', 'Ben', 'Anna'])
  })

  it('never asks for all', () => {
    expect(stage.server.sent.map(({ type }) => type)).not.toContain('get_characters')
  })

  it('shows a change from elsewhere at once', () => {
    stage.server.say({ type: 'character_updated', data: { ...nora, name: 'Nora Vale', revision: 2 } })
    expect(library.head(nora.id)?.name).toBe('Nora Vale')
    stage.server.say({ type: 'character_deleted', data: { id: nora.id } })
    expect(library.head(nora.id)).toBeUndefined()
  })

  it('asks again for whoever was asked for while the line was broken', async () => {
    stage.server.hangUp()
    expect(library.head('a')).toBeUndefined()
    await stage.settle()
    stage.reconnect()
    await stage.settle()
    expect(stage.server.sent.filter(({ data }) => Array.isArray(data['ids'])).at(-1)?.data).toEqual({
      ids: ['a'],
      limit: 1,
    })
  })
})
