import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createGgufModel } from '../../backend/engines/llm/gguf/gguf-model.ts'
import { createOpenAiModel } from '../../backend/engines/llm/openai.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { type GgufServer, startGgufServer } from '../support/gguf-server.ts'
import { STORY } from '../support/story.ts'
import { writeTalkingModel } from '../support/talking-model.ts'
import { describeLanguageModel, type LanguageModelHarness } from './language-model.ts'

let folder: string
let story: string
let garbage: string
let server: GgufServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-gguf-'))
  story = join(folder, 'story.gguf')
  garbage = join(folder, 'garbage.gguf')
  await writeFile(story, writeTalkingModel({ reply: STORY, letters: true }))
  await writeFile(garbage, 'GGUF, but not really')
  server = await startGgufServer({ model: story })
})
afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

describeLanguageModel({
  name: 'a GGUF file in this process',
  open: () => openHere(story),
  faults: [
    { name: 'a broken file', code: 'engine_unavailable', open: () => openHere(garbage) },
    { name: 'a missing file', code: 'engine_unavailable', open: () => openHere(join(folder, 'none.gguf')) },
  ],
})

function openHere(path: string): Promise<LanguageModelHarness> {
  const model = createGgufModel({ path, clock: systemClock, parallel: 4, threads: 1, gpuLayers: 0 })
  return Promise.resolve({
    model,
    openCalls: () => model.activeReplies,
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  })
}

describeLanguageModel({ name: 'a GGUF file in a process of its own', open: openChild, faults: [] })

/** All of these ask the same child: what counts is that it is left as it was. */
async function openChild(): Promise<LanguageModelHarness> {
  const model = createOpenAiModel({
    baseUrl: 'http://localhost/v1',
    fetch: server.fetch,
    model: 'story',
    clock: systemClock,
    retry: { maxRetries: 20, baseMs: 1_000, maxMs: 1_000 },
  })
  let busySlots = 0
  return {
    model,
    openCalls() {
      server.busySlots().then(
        (count) => (busySlots = count),
        () => {},
      )
      return busySlots
    },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  }
}
