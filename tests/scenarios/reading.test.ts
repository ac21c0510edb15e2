import { describe, expect, it } from 'vitest'
import { type Speaking, VoiceDraft } from '#shared/entities.ts'
import { AppError } from '../../backend/errors.ts'
import { Rehearsal, type RehearsalOptions } from '../support/rehearsal.ts'

const MINUTE_MS = 60_000
/** Each word sounds for 100 ms, 1600 samples. */
const WORD_SAMPLES = 1_600
const QUOTING = { first_message: '"Good evening," she says.' }

interface Reading {
  readonly speaking: Partial<Speaking>
  readonly firstMessage?: string
  readonly voice?: RehearsalOptions['voice']
}

/** A rehearsal with one character that is read as told, and a narrator in the library. */
async function rehearse({ speaking, firstMessage = '', voice }: Reading): Promise<Rehearsal> {
  const rehearsal = await Rehearsal.begin(voice ? { voice } : {})
  const { store, cast } = rehearsal
  const narrator = await store.voices.create(
    VoiceDraft.parse({ voice_name: 'Narrator', method: 'fake', settings: { engine_voice: 'Narrator' } }),
  )
  const [nora] = cast
  if (!nora) throw new Error('Nobody is there')
  await store.characters.update({
    id: nora.id,
    first_message: firstMessage,
    speaking: { ...nora.speaking, narration_voice_id: narrator.voice_id, ...speaking },
  })
  return rehearsal
}

/** What the engine was asked to say, and in which voice. */
const asked = (rehearsal: Rehearsal): string[] =>
  rehearsal.synthesizer.requests.map(({ text, voice }) => `${voice.engine_voice}: ${text}`)

async function reply(rehearsal: Rehearsal, ...deltas: readonly string[]): Promise<void> {
  rehearsal.model.plan({ deltas: [...deltas] })
  rehearsal.type('Hello')
  await rehearsal.clock.advance(MINUTE_MS)
}

describe('a message', () => {
  it('is read by a narrator outside of its quotation marks, in order and in one stream', async () => {
    await using rehearsal = await rehearse({ speaking: { narration: 'other', actions: 'own' } })
    await reply(rehearsal, 'She smiles and says: "Hello there, you!" ', 'Then she *bows* low. "Come in."')
    expect(asked(rehearsal)).toEqual([
      'Narrator: She smiles and says:',
      'Nora: "Hello there, you!"',
      'Narrator: Then she',
      'Nora: bows',
      'Narrator: low.',
      'Nora: "Come in."',
    ])
    expect(rehearsal.link.all('audio_stream_start')).toHaveLength(1)
    const chunks = rehearsal.link.all('audio_chunk')
    const indexes = chunks.map(({ sentence_index }) => sentence_index)
    expect(indexes).toEqual(indexes.toSorted((one, other) => one - other))
    expect(chunks.flatMap(({ text }) => text ?? []).join(' ')).toBe(
      'She smiles and says: "Hello there, you!" Then she *bows* low. "Come in."',
    )
    expect(rehearsal.errors).toEqual([])
  })

  it('of a character that quotes is silent outside of its quotation marks from the beginning', async () => {
    await using rehearsal = await rehearse({
      speaking: { narration: 'silent' },
      firstMessage: QUOTING.first_message,
    })
    await reply(
      rehearsal,
      'She looks up. ',
      'It rains. ',
      '"Hello," she says, ',
      '"my friend." ',
      'She nods.',
    )
    expect(asked(rehearsal)).toEqual(['Nora: "Hello," "my friend."'])
    expect((await rehearsal.messages()).at(-1)).toMatchObject({
      content: 'She looks up. It rains. "Hello," she says, "my friend." She nods.',
      is_interrupted: false,
    })
  })

  it('without quotation marks is all said, whoever says it', async () => {
    await using rehearsal = await rehearse({
      speaking: { narration: 'silent' },
      firstMessage: QUOTING.first_message,
    })
    await reply(rehearsal, 'Hello there. ', 'Nice to see you.')
    expect(asked(rehearsal)).toEqual(['Nora: Hello there.', 'Nora: Nice to see you.'])
  })

  it('is not held up for a quotation mark that may never come', async () => {
    await using rehearsal = await rehearse({ speaking: { narration: 'silent' } })
    rehearsal.model.plan({ deltas: ['Hello there. ', 'So. ', 'Yes. '], tokenMs: 1_000 })
    rehearsal.type('Hello')
    await rehearsal.clock.advance(1_500)
    expect(asked(rehearsal)[0]).toBe('Nora: Hello there.')
    expect(rehearsal.model.openCalls).toBe(1)
  })

  it('says what is done in the voice that is chosen for it, or keeps it to itself', async () => {
    const text = '*She waves.* Hello there. *grins*'
    await using silent = await rehearse({ speaking: { actions: 'silent' } })
    await reply(silent, text)
    expect(asked(silent)).toEqual(['Nora: Hello there.'])
    await using other = await rehearse({ speaking: { actions: 'other' } })
    await reply(other, text)
    expect(asked(other)).toEqual(['Narrator: She waves.', 'Nora: Hello there.', 'Narrator: grins'])
  })

  it('goes on with the next sentence when one voice fails', async () => {
    const failure = new AppError('engine_failed', 'It fails')
    const voice = { failOn: (text: string) => (text.includes('badly') ? failure : undefined) }
    await using rehearsal = await rehearse({ speaking: { narration: 'other' }, voice })
    await reply(rehearsal, '"One," she says badly. ', 'It is late. "Two."')
    expect(asked(rehearsal)).toEqual([
      'Nora: "One,"',
      'Narrator: she says badly.',
      'Narrator: It is late.',
      'Nora: "Two."',
    ])
    expect(rehearsal.errors).toEqual([failure])
  })
})

describe('what was heard', () => {
  it('is kept as it is written, across voices and through what is silent', async () => {
    await using rehearsal = await rehearse({ speaking: { narration: 'other', actions: 'silent' } })
    const { clock, model } = rehearsal
    model.plan({ deltas: ['"One two," *nods* she says now. "Three four five six."'] })
    rehearsal.type('Hello')
    await clock.advance(400)
    rehearsal.played(0, 3 * WORD_SAMPLES + 100)
    rehearsal.conversation.interrupt()
    await clock.advance(MINUTE_MS)
    expect((await rehearsal.messages()).at(-1)).toMatchObject({
      content: '"One two," *nods* she',
      unheard: ' says now. "Three four five six."',
      is_interrupted: true,
    })
  })

  it('keeps the written word, whatever is said for it', async () => {
    await using rehearsal = await rehearse({
      speaking: { pronunciations: [{ written: 'Siobhan', spoken: 'shiv awn' }] },
    })
    const { clock, model, link } = rehearsal
    model.plan({ deltas: ['Dear Siobhan come in now please.'] })
    rehearsal.type('Hello')
    await clock.advance(500)
    expect(asked(rehearsal)).toEqual(['Nora: Dear shiv awn come in now please.'])
    const [chunk] = link.all('audio_chunk')
    expect(chunk?.text).toBe('Dear Siobhan come in now please.')
    expect(chunk?.words?.slice(0, 3)).toEqual([
      { text: 'Dear', start: 0, end: WORD_SAMPLES },
      { text: 'Siobhan', start: WORD_SAMPLES, end: 3 * WORD_SAMPLES },
      { text: 'come', start: 3 * WORD_SAMPLES, end: 4 * WORD_SAMPLES },
    ])
    // In the middle of it, it has not been heard yet.
    rehearsal.played(0, 2 * WORD_SAMPLES + 100)
    await clock.advance(50)
    rehearsal.conversation.interrupt()
    expect(link.all('interrupt_ack')).toMatchObject([{ heard_text: 'Dear ' }])
    rehearsal.played(0, 3 * WORD_SAMPLES + 100)
    await clock.advance(MINUTE_MS)
    expect((await rehearsal.messages()).at(-1)).toMatchObject({ content: 'Dear Siobhan' })
  })
})

describe('an engine', () => {
  it('is told the language, the description, the scene and the recording of a voice', async () => {
    await using rehearsal = await rehearse({ speaking: { language: 'de-AT' } })
    const { store, cast } = rehearsal
    await store.voices.update({
      voice_id: cast[0]?.voice_id ?? '',
      ref_audio: '/media/abc.wav',
      ref_text: 'Guten Abend.',
      speaker_desc: 'Old and kind.',
      scene_prompt: 'By the fire.',
    })
    await reply(rehearsal, 'Hallo.')
    expect(rehearsal.synthesizer.requests).toMatchObject([
      {
        text: 'Hallo.',
        language: 'de-AT',
        voice: { engine_voice: 'Nora' },
        brief: {
          description: 'Old and kind.',
          scene: 'By the fire.',
          likeness: { audio: '/media/abc.wav', text: 'Guten Abend.' },
        },
      },
    ])
  })
})
