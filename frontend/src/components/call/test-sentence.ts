import { takeToken } from '../../socket/token.ts'

/** The text spoken by a voice of the server, as a WAV file; null if there is none. */
export async function fetchSentence(text: string): Promise<ArrayBuffer | null> {
  const token = takeToken()
  const headers = {
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  }
  try {
    const response = await fetch('/api/voices/preview', {
      method: 'POST',
      headers,
      body: JSON.stringify({ text }),
    })
    return response.ok ? await response.arrayBuffer() : null
  } catch {
    return null
  }
}
