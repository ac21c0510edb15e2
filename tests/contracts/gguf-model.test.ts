import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { createGgufModel } from '../../backend/engines/llm/gguf/gguf-model.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { STORY } from '../support/story.ts'
import { writeTalkingModel } from '../support/talking-model.ts'
import { describeLanguageModel, type LanguageModelHarness } from './language-model.ts'

let folder: string
let story: string
let garbage: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'troupe-gguf-'))
  story = join(folder, 'story.gguf')
  garbage = join(folder, 'garbage.gguf')
  await writeFile(story, writeTalkingModel({ reply: STORY }))
  await writeFile(garbage, 'GGUF, but not really')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function open(path: string, isInProcess: boolean): Promise<LanguageModelHarness> {
  const model = createGgufModel({
    path,
    isInProcess,
    clock: systemClock,
    parallel: 4,
    threads: 1,
    gpuLayers: 0,
  })
  return { model, openCalls: () => 0, [Symbol.asyncDispose]: () => model[Symbol.asyncDispose]() }
}

for (const isInProcess of [true, false]) {
  describeLanguageModel({
    name: isInProcess ? 'a GGUF file, in this process' : 'a GGUF file, in a process of its own',
    open: () => open(story, isInProcess),
    faults: [{ name: 'a broken file', code: 'engine_unavailable', open: () => open(garbage, isInProcess) }],
  })
}
