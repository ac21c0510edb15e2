import { VoiceDraft } from '#shared/entities.ts'

export type StarterVoice = VoiceDraft & { voice_id: string }

/** Settings for the embedded voices; another engine ignores what it does not know. */
export const starterVoices: StarterVoice[] = [
  voice('voice-nora', {
    voice_name: 'Nora: warm and clear',
    speaker_desc: 'A woman in her thirties; warm, clear, brisk without hurry.',
    settings: { engine_voice: 'slt', speed: 1.02, pitch: 1.1, formant: 1.03 },
  }),
  voice('voice-felix', {
    voice_name: 'Felix: bright and quick',
    speaker_desc: 'A young man; bright, quick, a little breathless with ideas.',
    settings: { engine_voice: 'rms', speed: 1.08, formant: 1.12 },
  }),
  voice('voice-iris', {
    voice_name: 'Iris: low and unhurried',
    speaker_desc: 'A woman in her fifties; low, calm, a voice for long evenings.',
    settings: { engine_voice: 'slt', speed: 0.9, pitch: 0.84, formant: 0.94 },
  }),
  voice('voice-hugo', {
    voice_name: 'Hugo: old and dry',
    speaker_desc: 'A Scotsman past seventy; deep, dry, in no hurry whatever.',
    settings: { engine_voice: 'awb', speed: 0.87, pitch: 0.82 },
  }),
]

function voice(
  voice_id: string,
  fields: Pick<VoiceDraft, 'voice_name' | 'speaker_desc' | 'settings'>,
): StarterVoice {
  return { voice_id, ...VoiceDraft.parse(fields) }
}
