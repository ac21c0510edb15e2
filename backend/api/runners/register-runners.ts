import { type FastifyInstance } from 'fastify'
import { registerConfigRoutes } from './config-routes.ts'
import { registerFileRoutes } from './file-routes.ts'
import { registerRunnerRoutes } from './runner-routes.ts'
import { type RunnersDeps } from './runners-deps.ts'

/** The models of this machine, for the screen that shows them (docs/runners.md). */
export function registerRunners(app: FastifyInstance, deps: RunnersDeps): void {
  registerRunnerRoutes(app, deps)
  registerConfigRoutes(app, deps)
  registerFileRoutes(app, deps)
}
