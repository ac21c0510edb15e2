import { type FastifyInstance } from 'fastify'
import { type RunnersConfig, RunnersConfigChange } from '#shared/entities.ts'
import { runnersJsonSchema } from '../../runners/config/parse-runners-file.ts'
import { readBody } from './read-body.ts'
import { type LocalHouse, localOf, type RunnersDeps } from './runners-deps.ts'

/** The runners file, as it stands there and with what may be in it; a change counts at once, or not at all. */
export function registerConfigRoutes(app: FastifyInstance, deps: RunnersDeps): void {
  const schema = runnersJsonSchema()
  const told = ({ repository: { text, path, problem } }: LocalHouse): RunnersConfig => ({
    text,
    path,
    ...(problem ? { problem: problem.message } : {}),
    schema,
  })
  app.get('/api/runners/config', async () => {
    const local = localOf(deps)
    await local.repository.look()
    return told(local)
  })
  app.put('/api/runners/config', async ({ body }) => {
    const local = localOf(deps)
    const { text, expected } = readBody(RunnersConfigChange, body)
    await local.repository.write(text, expected)
    return told(local)
  })
}
