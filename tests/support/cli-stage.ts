import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { systemClock } from '../../backend/lib/clock.ts'
import { FakeLanguageModel } from '../fakes/fake-language-model.ts'
import { startTestApp, type TestApp, type TestAppOptions } from './test-app.ts'
import { type Ran, type RunOptions, troupe } from './troupe-command.ts'

/** A server for each test of a file, a folder of its own, and `troupe` that talks with it. */
export class CliStage {
  folder = ''
  model = new FakeLanguageModel(systemClock)
  #app: TestApp | undefined

  constructor() {
    beforeEach(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'troupe-cli-'))
      this.model = new FakeLanguageModel(systemClock, { deltas: ['Good ', '**evening**.'] })
    })
    afterEach(async () => {
      await this.#app?.[Symbol.asyncDispose]()
      this.#app = undefined
      await rm(this.folder, { recursive: true, force: true })
    })
  }

  get app(): TestApp {
    if (!this.#app) throw new Error('The test has not called serve()')
    return this.#app
  }

  async serve(options: TestAppOptions = {}): Promise<void> {
    this.#app = await startTestApp({ ...options, engines: { model: this.model, ...options.engines } })
  }

  /** A verb against the server of the test. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const env = { XDG_STATE_HOME: this.folder, ...options.env }
    return troupe(['--url', this.app.url, ...args], { ...options, env })
  }

  file(name: string): string {
    return join(this.folder, name)
  }

  /** All that the model was told last. */
  lastPrompt(): string {
    return (this.model.requests.at(-1)?.messages ?? []).map(({ content }) => content).join('\n')
  }
}
