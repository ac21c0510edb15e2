import { type FastifyInstance } from 'fastify'
import { untilGone } from '../../client-gone.ts'
import { type DoorDeps } from '../../core/door-deps.ts'

const LIST_TIMEOUT_MS = 5_000

/** `GET /audio/voices` and `GET /audio/models`: not OpenAI's, but asked for by programs that let people choose. */
export function registerVoiceList(app: FastifyInstance, deps: DoorDeps): void {
  const { synthesizer, store, directory } = deps
  app.get('/audio/voices', async (_request, reply) => {
    const gone = untilGone(reply)
    const signal = AbortSignal.any([gone, AbortSignal.timeout(LIST_TIMEOUT_MS)])
    // What is known of them without the engine is better than nothing.
    await synthesizer.listVoices(signal).catch(() => {})
    const characters = (await directory.list(gone)).filter(({ kind }) => kind === 'character')
    const voices = [
      ...synthesizer.voices.map(({ id, name, language }) => ({
        id,
        name,
        ...(language ? { language } : {}),
      })),
      ...(await store.voices.list()).map(({ voice_id, voice_name }) => ({ id: voice_id, name: voice_name })),
      ...characters.map(({ id, name }) => ({ id, name })),
    ]
    return {
      voices: [...new Map(voices.toReversed().map((voice) => [voice.id, voice])).values()].toReversed(),
    }
  })
  app.get('/audio/models', () => ({ models: [{ id: synthesizer.name, name: synthesizer.name }] }))
}
