import { expect, it } from 'vitest'
import { sceneOf } from '../../../backend/prompt/scene.ts'
import { memoryStore } from '../../fakes/memory-store.ts'
import { said } from '../../support/prompts.ts'

it('a scene is who is there and what was heard, without what was not', async () => {
  const cast = await memoryStore(['Nora', 'Felix']).characters.list()
  const [nora] = cast
  if (!nora) throw new Error('Nobody on stage')
  const history = [
    said('You', 'Hello'),
    said(nora, 'Good evening', { is_interrupted: true, unheard: ' and more' }),
  ]
  const scene = sceneOf({ speaker: nora, cast, history })
  expect(scene.speaker.name).toBe('Nora')
  expect(scene.cast.map(({ name }) => name)).toEqual(['Nora', 'Felix'])
  expect(scene.history).toEqual([
    { speaker: 'user', name: 'You', text: 'Hello' },
    { speaker: 'character', name: 'Nora', text: 'Good evening' },
  ])
})
