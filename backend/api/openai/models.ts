import { type FastifyInstance } from 'fastify'
import { AppError } from '../../errors.ts'
import { untilGone } from '../client-gone.ts'
import { type Talkable } from '../core/contract.ts'
import { type DoorDeps } from '../core/door-deps.ts'
import { unixSeconds } from './ids.ts'

/** `GET /models` and `GET /models/:id`; ids may have slashes in them, written plainly or as `%2F`. */
export function registerModelList(app: FastifyInstance, { directory }: DoorDeps): void {
  app.get('/models', async (_request, reply) => {
    const talkables = await directory.list(untilGone(reply))
    return { object: 'list', data: talkables.map(wireModel) }
  })
  app.get<{ Params: { '*': string } }>('/models/*', async ({ params }, reply) => {
    const name = params['*']
    const talkable = await directory.find(name, untilGone(reply))
    if (!talkable) throw new AppError('not_found', `There is no model "${name.slice(0, 200)}"`)
    return wireModel(talkable)
  })
}

/** More than OpenAI tells: what other servers for local models tell, too. */
function wireModel(talkable: Talkable) {
  const { id, kind, name, description, createdAt, contextTokens, state } = talkable
  return {
    id,
    object: 'model',
    created: unixSeconds(createdAt),
    owned_by: kind === 'character' ? 'troupe' : 'system',
    name,
    description,
    ...(Number.isFinite(contextTokens) ? { context_length: contextTokens } : {}),
    type: kind,
    status: state,
  }
}
