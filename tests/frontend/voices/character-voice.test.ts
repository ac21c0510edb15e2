import { expect, it } from 'vitest'
import { Character, CharacterDraft } from '#shared/entities.ts'
import { CharacterVoiceKeeper } from '../../../frontend/src/components/voices/character-voice.ts'
import { RequestError } from '../../../frontend/src/socket/request-error.ts'

const STAMP = '2030-01-01T00:00:00.000Z'

/** A server with one character, which refuses what was changed from an old revision. */
function open() {
  const draft = CharacterDraft.parse({ name: 'Nora', voice_id: 'v1' })
  let character: Character = { ...draft, id: 'nora', revision: 1, created_at: STAMP, updated_at: STAMP }
  const change = (patch: object): Character => {
    character = Character.parse({ ...character, ...patch, revision: character.revision + 1 })
    return character
  }
  const keeper = new CharacterVoiceKeeper({
    load: async () => character,
    update: async ({ revision, ...patch }) => {
      if (revision !== character.revision) throw new RequestError('conflict', 'Somebody else was faster')
      return change(patch)
    },
  })
  keeper.take(character)
  return { keeper, change, stored: () => character }
}

it('is kept as it was changed, without words that are still being written', async () => {
  const { keeper, stored } = open()
  if (keeper.form.value) {
    keeper.form.value.speaking.narration = 'silent'
    keeper.form.value.speaking.pronunciations = [
      { written: ' Siobhan ', spoken: 'shivawn' },
      { written: '', spoken: '' },
    ]
  }
  await keeper.keep()
  expect(keeper.state.value).toBe('saved')
  expect(stored().speaking).toMatchObject({
    narration: 'silent',
    pronunciations: [{ written: 'Siobhan', spoken: 'shivawn' }],
  })
  expect(keeper.isChanged.value).toBe(false)
})

it('is kept on top of what else was changed of the character elsewhere', async () => {
  const { keeper, change, stored } = open()
  if (keeper.form.value) keeper.form.value.voiceId = 'v2'
  change({ name: 'Nora Lee' })
  await keeper.keep()
  expect(stored()).toMatchObject({ name: 'Nora Lee', voice_id: 'v2' })
  expect(keeper.state.value).toBe('saved')
})

it.each(['told', 'not told'])(
  'is not written over where it was changed elsewhere too, and that was %s',
  async (told) => {
    const { keeper, change, stored } = open()
    if (keeper.form.value) keeper.form.value.voiceId = 'v2'
    const theirs = change({ voice_id: 'v3' })
    if (told === 'told') keeper.take(theirs)
    await keeper.keep()
    expect(keeper.state.value).toBe('conflict')
    expect(keeper.form.value?.voiceId).toBe('v3')
    expect(stored().voice_id).toBe('v3')
    await keeper.keepMine()
    expect(stored().voice_id).toBe('v2')
    expect(keeper.state.value).toBe('saved')
  },
)

it('shows what was changed elsewhere as long as nothing is changed here', () => {
  const { keeper, change } = open()
  keeper.take(change({ voice_id: 'v3' }))
  expect(keeper.form.value?.voiceId).toBe('v3')
})
