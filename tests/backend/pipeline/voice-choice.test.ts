import { expect, it } from 'vitest'
import { type Voice } from '#shared/entities.ts'
import { chooseVoice } from '../../../backend/pipeline/voice-choice.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { FakeSynthesizer } from '../../fakes/fake-synthesizer.ts'
import { memoryStore } from '../../fakes/memory-store.ts'

const [nora] = await memoryStore(['Nora']).characters.list()
const VOICE: Omit<Voice, 'method' | 'settings'> = {
  voice_id: 'v',
  voice_name: 'V',
  ref_audio: null,
  ref_text: null,
  speaker_desc: '',
  scene_prompt: '',
  revision: 1,
  created_at: '2030-01-01T00:00:00.000Z',
  updated_at: '2030-01-01T00:00:00.000Z',
}
const engine = new FakeSynthesizer({ clock: new FakeClock() })

it.each([
  ['fake', { engine_voice: 'special' }, { engine_voice: 'special' }],
  ['auto', { engine_voice: 'fake', speed: 2 }, { engine_voice: 'fake', speed: 2 }],
  ['flite', { engine_voice: 'slt', speed: 0.9 }, { engine_voice: 'fake', speed: 0.9 }],
])('chooseVoice() on the engine "fake", for a voice made for %j', (method, settings, chosen) => {
  if (!nora) throw new Error('Nobody to speak')
  expect(chooseVoice(nora, { ...VOICE, method, settings }, engine)).toEqual(chosen)
})
