import { createServer, type RequestListener } from 'node:http'
import { type Socket } from 'node:net'
import { TOOL_NAMES, type ToolUse } from '#shared/entities.ts'
import { Config } from '../../../backend/config.ts'
import { type NoteKeeper } from '../../../backend/tools/contracts.ts'
import {
  createTools,
  type ToolBox,
  type ToolBoxContext,
  type ToolDependencies,
} from '../../../backend/tools/tool-box.ts'
import { type WebAccess } from '../../../backend/tools/web/access.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { SeededRandom } from '../../support/seeded-random.ts'

export const NEVER = new AbortController().signal

export const NO_NOTES: NoteKeeper = {
  add: () => Promise.resolve(),
  search: () => Promise.resolve([]),
}

export function toolBox(
  settings: Partial<Config> = {},
  dependencies: Partial<ToolDependencies> = {},
): ToolBox {
  return createTools(
    { ...Config.parse({}), ...settings },
    { notes: NO_NOTES, logger: { error: unexpectedDefect }, timeZone: 'UTC', ...dependencies },
  )
}

function unexpectedDefect(...said: readonly unknown[]): void {
  throw new Error('A defect was logged', { cause: said })
}

export function contextOf(changes: Partial<ToolBoxContext> = {}): ToolBoxContext {
  const luck = new SeededRandom(7)
  return {
    characterId: 'iris',
    conversationId: 'evening',
    clock: new FakeClock(),
    random: () => luck.next(),
    enabledTools: TOOL_NAMES,
    ...changes,
  }
}

interface Call {
  readonly box: ToolBox
  readonly context?: ToolBoxContext
  readonly signal?: AbortSignal
}

export function call(
  name: string,
  args: unknown,
  { box, context = contextOf(), signal = NEVER }: Call,
): Promise<ToolUse> {
  return box.run({ id: 'call-1', name, argumentsJson: JSON.stringify(args) }, context, signal)
}

export interface Site extends AsyncDisposable {
  readonly port: number
  /** Paths that were asked for, in order. */
  readonly visits: readonly string[]
  /** Requests that are being answered now. */
  openCalls(): number
  openConnections(): number
  url(path?: string): string
}

/** A web server on this machine. */
export async function startSite(answer: RequestListener): Promise<Site> {
  const visits: string[] = []
  const sockets = new Set<Socket>()
  let openCalls = 0
  const server = createServer((request, response) => {
    visits.push(request.url ?? '')
    openCalls++
    response.on('close', () => openCalls--)
    answer(request, response)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The site has no port')
  const { port } = address
  return {
    port,
    visits,
    openCalls: () => openCalls,
    openConnections: () => sockets.size,
    url: (path = '/') => `http://127.0.0.1:${port}${path}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

/** Lets tools go to these sites, as if they were public, and to nothing else. */
export function webOf(
  sites: readonly { readonly port: number }[],
  names: Readonly<Record<string, readonly string[]>> = {},
): WebAccess {
  return {
    resolve: (host) =>
      Promise.resolve(
        (names[host] ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      ),
    mayConnect: (address, port) => address === '127.0.0.1' && sites.some((site) => site.port === port),
  }
}

export function html(body: string): RequestListener {
  return (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(body)
  }
}
