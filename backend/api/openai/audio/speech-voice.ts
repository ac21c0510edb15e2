import { Speaking, type Voice, type VoiceSettings } from '#shared/entities.ts'
import { type EngineVoice, type Synthesizer, type VoiceGender } from '../../../engines/contracts.ts'
import { type SayAloud } from '../../../pipeline/say-aloud.ts'
import { type DoorDeps } from '../../core/door-deps.ts'
import { CHARACTER_PREFIX } from '../../core/talkable.ts'
import { BadRequest } from '../errors.ts'

/** How a voice is asked for: a name of any kind, and how it is to speak. */
export interface VoiceWish {
  /** Absent: the first there is. */
  readonly voice: string | undefined
  /** 1 = as it speaks by itself. */
  readonly speed: number
  /** In words, for engines that take direction. */
  readonly instructions: string | undefined
}

export type SpeechVoice = Pick<SayAloud, 'speaker' | 'speaking' | 'voices'>

type VoiceDeps = Pick<DoorDeps, 'synthesizer' | 'store' | 'directory'>

const DOOR_ID = 'door'
const PLAIN: Speaking = Speaking.parse({ actions: 'own' })

/** OpenAI's own names: clients offer them before they ask which voices there are. */
const WELL_KNOWN: ReadonlyMap<string, VoiceGender> = new Map([
  ['alloy', 'neutral'],
  ['echo', 'male'],
  ['fable', 'male'],
  ['onyx', 'male'],
  ['nova', 'female'],
  ['shimmer', 'female'],
  ['ash', 'male'],
  ['ballad', 'male'],
  ['coral', 'female'],
  ['sage', 'female'],
  ['verse', 'male'],
  ['marin', 'female'],
  ['cedar', 'male'],
])

/**
 * Whose voice is meant: the engine's, one of the library, a character's, or whoever stands in for one of OpenAI's.
 * @throws BadRequest if it is nobody's.
 */
export async function speechVoice(
  deps: VoiceDeps,
  wish: VoiceWish,
  signal: AbortSignal,
): Promise<SpeechVoice> {
  const { synthesizer, store } = deps
  const voices = await store.voices.list()
  const name = wish.voice?.trim().toLowerCase() ?? ''
  if (name.startsWith(CHARACTER_PREFIX)) return characterVoice(deps, { name, voices, wish }, signal)
  const own = await engineVoice(synthesizer, name, signal)
  if (own) return bare(engineDraft(synthesizer, own), wish)
  const stored = voices.find(({ voice_id, voice_name }) =>
    [voice_id, voice_name].some((known) => known.toLowerCase() === name),
  )
  if (stored) return bare(stored, wish)
  if (name === '' && voices[0]) return bare(voices[0], wish)
  if (name === '' || WELL_KNOWN.has(name))
    return bare(engineDraft(synthesizer, standInFor(synthesizer, name)), wish)
  throw unknownVoice(wish.voice)
}

async function characterVoice(
  { store, directory }: VoiceDeps,
  { name, voices, wish }: { name: string; voices: readonly Voice[]; wish: VoiceWish },
  signal: AbortSignal,
): Promise<SpeechVoice> {
  const talkable = await directory.find(name, signal)
  const id = talkable?.id.slice(CHARACTER_PREFIX.length)
  const [character] = id === undefined ? [] : await store.characters.getMany([id])
  if (!character) throw unknownVoice(wish.voice)
  const { voice_id, speaking } = character
  return {
    speaker: { id: character.id, voice_id },
    speaking,
    voices: voices.map((voice) => directed(voice, wish)),
  }
}

/** Engines on servers tell which voices they have only when they are asked. */
async function engineVoice(
  synthesizer: Synthesizer,
  name: string,
  signal: AbortSignal,
): Promise<EngineVoice | undefined> {
  if (name === '') return undefined
  const find = (): EngineVoice | undefined =>
    synthesizer.voices.find(({ id, name: shown }) =>
      [id, shown].some((known) => known.toLowerCase() === name),
    )
  const known = find()
  if (known || synthesizer.voices.length > 0) return known
  await synthesizer.listVoices(signal).catch(() => {})
  return find()
}

function standInFor({ voices }: Synthesizer, name: string): EngineVoice | undefined {
  const gender = WELL_KNOWN.get(name)
  const names = [...WELL_KNOWN.keys()].filter((known) => WELL_KNOWN.get(known) === gender)
  const same = voices.filter((voice) => voice.gender === gender)
  const choice = same.length > 0 ? same : voices
  return choice[Math.max(0, names.indexOf(name)) % Math.max(1, choice.length)]
}

function engineDraft({ name }: Synthesizer, voice: EngineVoice | undefined): Voice {
  return {
    voice_id: DOOR_ID,
    voice_name: voice?.name ?? 'Voice',
    method: voice ? name : 'auto',
    ref_audio: null,
    ref_text: null,
    speaker_desc: '',
    scene_prompt: '',
    settings: voice ? { engine_voice: voice.id } : {},
    revision: 1,
    created_at: '',
    updated_at: '',
  }
}

function bare(voice: Voice, wish: VoiceWish): SpeechVoice {
  const { voice_id } = voice
  return { speaker: { id: voice_id, voice_id }, speaking: PLAIN, voices: [directed(voice, wish)] }
}

const SLOWEST = 0.5
const FASTEST = 2

function directed(voice: Voice, { speed, instructions }: VoiceWish): Voice {
  const wanted = Math.min(FASTEST, Math.max(SLOWEST, (voice.settings.speed ?? 1) * speed))
  const settings: VoiceSettings = {
    ...voice.settings,
    ...(speed === 1 ? {} : { speed: wanted }),
    ...(instructions ? { style: instructions } : {}),
  }
  return { ...voice, settings }
}

function unknownVoice(name: string | undefined): BadRequest {
  return new BadRequest(
    `There is no voice "${(name ?? '').slice(0, 100)}"; GET /v1/audio/voices has all there are`,
    { param: 'voice', code: 'voice_not_found' },
  )
}
