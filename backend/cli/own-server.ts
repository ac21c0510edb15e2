import { randomBytes } from 'node:crypto'
import { resolve } from 'node:path'
import { type Config } from '../config.ts'
import { openHouse } from '../house.ts'
import { createLogger } from '../logging.ts'
import { type Server } from './server.ts'
import { type Terminal } from './terminal.ts'

/**
 * A server for this command alone: the same one as always, on a port of this machine that nobody is told, behind a
 * token that nobody else knows.
 * @throws AppError `storage_failed` if the data directory is used by another one, or cannot be written to.
 */
export async function startOwnServer(config: Config, terminal: Terminal): Promise<Server> {
  const token = randomBytes(24).toString('base64url')
  const house = await openHouse({
    // Nobody else reads what goes over this machine's own wire.
    config: { ...config, https: false, tls_cert: undefined, tls_key: undefined },
    token: () => token,
    logger: createLogger('silent'),
    onNotice: (sentence) => terminal.say(sentence),
  })
  const url = await house.app.listen({ host: '127.0.0.1', port: 0 })
  return {
    address: { url, token },
    identity: resolve(config.data_dir),
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  }
}
