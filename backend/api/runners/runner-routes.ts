import { type FastifyInstance } from 'fastify'
import { type RunnerInfo, RunnerPin, RunnerTalk } from '#shared/entities.ts'
import { AppError, toAppError } from '../../errors.ts'
import { readBody } from './read-body.ts'
import { runnersAnswer } from './runners-answer.ts'
import { type LocalHouse, localOf, type RunnersDeps, sendLive } from './runners-deps.ts'
import { runnersEvents } from './runners-events.ts'
import { talkEvents } from './talk.ts'

interface OfRunner {
  readonly Params: { readonly id: string }
}

/** Nobody would ever see the end of what comes with the headers alone. */
const ENDLESS = { exposeHeadRoute: false }

/** What runs, live; starting and stopping it; its log; a few words with it. */
export function registerRunnerRoutes(app: FastifyInstance, deps: RunnersDeps): void {
  const { local, clock } = deps
  app.get('/api/runners', () => runnersAnswer(local))
  app.get('/api/runners/events', ENDLESS, (_request, reply) =>
    sendLive(reply, { clock, open: (signal) => runnersEvents(deps, signal) }),
  )
  app.post<OfRunner>('/api/runners/:id/start', ({ params }, reply) => {
    const { service } = localOf(deps)
    const { id } = found(service, params.id)
    // How it goes is told by the events, and why it failed by what is told of the runner.
    service.start(id, new AbortController().signal).catch((error: unknown) => logDefect(deps, error))
    return reply.code(202).send(found(service, id))
  })
  app.post<OfRunner>('/api/runners/:id/stop', async ({ params }) => {
    const { service } = localOf(deps)
    const { id } = found(service, params.id)
    await service.stop(id)
    return found(service, id)
  })
  app.put<OfRunner>('/api/runners/:id/pin', async ({ params, body }) => {
    const { service } = localOf(deps)
    const { id } = found(service, params.id)
    await service.pin(id, readBody(RunnerPin, body).is_pinned)
    return found(service, id)
  })
  app.get<OfRunner>('/api/runners/:id/logs', ENDLESS, ({ params }, reply) => {
    const { service } = localOf(deps)
    const { id } = found(service, params.id)
    return sendLive(reply, { clock, open: (signal) => service.logs(id, signal) })
  })
  registerTalk(app, deps)
}

function registerTalk(app: FastifyInstance, deps: RunnersDeps): void {
  const { clock } = deps
  app.post<OfRunner>('/api/runners/:id/talk', ({ params, body }, reply) => {
    const { service, model } = localOf(deps)
    const { id } = found(service, params.id)
    const { messages } = readBody(RunnerTalk, body)
    return sendLive(reply, {
      clock,
      open: (signal) => talkEvents({ model, clock }, { id, messages }, signal),
      failed: (thrown) => {
        logDefect(deps, thrown)
        return { type: 'error', message: toAppError(thrown).message }
      },
    })
  })
}

/** @throws AppError `not_found` */
function found(service: LocalHouse['service'], name: string): RunnerInfo {
  const runner = service.find(name)
  if (runner) return runner
  const known = service.overview().runners.map(({ id }) => id)
  const names = known.join(', ') || 'none'
  throw new AppError(
    'not_found',
    `There is no runner "${name.slice(0, 200)}"; the runners file has: ${names}`,
  )
}

function logDefect({ logger }: RunnersDeps, thrown: unknown): void {
  if (toAppError(thrown).code === 'internal') logger.error({ err: thrown }, 'A runner could not be used')
}
