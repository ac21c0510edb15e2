import { TroupeClient } from './client.ts'
import { openServer, type Server } from './server.ts'
import { SessionState } from './session-state.ts'
import { type ConnectionFlags } from './settings.ts'
import { type Terminal } from './terminal.ts'

/** What every verb works with. */
export interface Connected {
  readonly client: TroupeClient
  readonly terminal: Terminal
  readonly server: Server
  readonly state: SessionState
}

/** Finds or starts a server, does the work, and leaves nothing running behind. */
export async function withServer<Result>(
  flags: ConnectionFlags,
  { terminal, hasSound = false }: { readonly terminal: Terminal; readonly hasSound?: boolean },
  work: (connected: Connected) => Promise<Result>,
): Promise<Result> {
  await using server = await openServer(flags, terminal)
  await using client = await TroupeClient.connect(server.address, { sound: hasSound })
  const state = new SessionState(terminal.env, server.identity)
  return await work({ client, terminal, server, state })
}
