import { type FastifyInstance, type FastifyRequest } from 'fastify'
import { type AccessRules, checkProgramToken } from '../../socket/access.ts'
import { queryTokenOf } from '../../socket/socket-route.ts'
import { guardBrowsers } from '../core/browser-rules.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of a door for other programs, which guards itself: routes that answer, or sockets. */
    readonly door?: 'answer' | 'socket'
  }
}

/**
 * Guards the routes that are added later: against foreign pages, and by the token if one is needed. To sockets it is
 * shown in ways of their own, so their doors look for themselves.
 */
export function guardDoor(app: FastifyInstance, access: AccessRules): void {
  app.addHook('onRoute', (route) => {
    route.config = { ...route.config, door: route.websocket ? 'socket' : 'answer' }
  })
  guardBrowsers(app, access)
  app.addHook('onRequest', (request, _reply, done) => {
    if (request.routeOptions.config.door === 'answer') {
      checkProgramToken(access, { headers: request.headers, queryToken: queryTokenOf(request) })
    }
    done()
  })
}

/** Whether a request is answered by a door. */
export function isDoor({ routeOptions }: FastifyRequest): boolean {
  return routeOptions.config.door !== undefined
}
