import { Config } from '../../../backend/config.ts'
import { createLanguageModel } from '../../../backend/engines/registry.ts'
import { systemClock } from '../../../backend/lib/clock.ts'
import { startTestApp } from '../../support/test-app.ts'

/** Troupe with all its doors before one model server; started by `doors.ts` with a process of its own. */

const [baseUrl = ''] = process.argv.slice(2)
const settings = { llm_base_url: baseUrl, llm_model: 'instant', ollama_api: true, lmstudio_api: true }
const config = Config.parse({ ...settings, ollama_port: 0, lmstudio_port: 0 })
const model = createLanguageModel(config, systemClock)
const app = await startTestApp({ config, engines: { model } })
await app.doors.open()
const { ollama, lmstudio } = app.doors.statuses()
process.send?.({
  main: app.url,
  ollama: `http://127.0.0.1:${ollama.port}`,
  lmstudio: `http://127.0.0.1:${lmstudio.port}`,
})
process.on('disconnect', () => process.exit(0))
