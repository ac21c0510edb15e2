import { z } from 'zod'
import { Transcribed, VoiceEngine } from '#shared/protocol/voices.ts'
import { callApi, fetchApi } from '../../socket/api.ts'

/** What voices need of the server beside the socket. All throw RequestError. */

export function voiceEngines(): Promise<VoiceEngine[]> {
  return callApi({ path: '/api/voices/engines', answer: z.array(VoiceEngine) })
}

const Kept = z.object({ url: z.string() })

/** Keeps a recording. @returns its address. */
export async function keepRecording(file: Blob): Promise<string> {
  const form = new FormData()
  form.append('file', file, 'voice.wav')
  const response = await fetchApi({ method: 'POST', path: '/api/media', form })
  return Kept.parse(await response.json()).url
}

export async function transcribe(audio: string): Promise<string> {
  const path = '/api/voices/transcribe'
  return (await callApi({ method: 'POST', path, body: { audio }, answer: Transcribed })).text
}
