import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ConnectionOptions } from 'node:tls'
import { Agent, fetch as fetchWith } from 'undici'
import { type Config } from '../config.ts'
import { ownCertFile } from '../tls/certificate.ts'
import { OWN_CERT_FILE } from '../tls/own-certificate.ts'
import { CliError, EXIT, reasonOf } from './exit.ts'

/** Which certificate of a server is believed; absent: those of the authorities that this machine knows. */
export type Trust = Pick<
  ConnectionOptions,
  'ca' | 'rejectUnauthorized' | 'checkServerIdentity' | 'allowPartialTrustChain'
>

/** Of a server elsewhere: what the command line says. @throws CliError `usage` if the file cannot be read. */
export function givenTrust(ca: string | undefined, isInsecure: boolean): Trust | undefined {
  if (isInsecure) return { rejectUnauthorized: false }
  return ca === undefined ? undefined : { ca: readPem(ca), allowPartialTrustChain: true }
}

/** Of the server on this machine: the very certificate that its settings name, under whatever name it is reached. */
export function localTrust(config: Config): Trust | undefined {
  const file = config.tls_cert ?? ownCertFile(config) ?? join(config.data_dir, OWN_CERT_FILE)
  if (!existsSync(file)) return undefined
  return { ca: readPem(file), allowPartialTrustChain: true, checkServerIdentity: () => undefined }
}

/** What the answers of both makes of `fetch` have in common. */
export interface ServerAnswer {
  readonly ok: boolean
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<Uint8Array> | null
  json(): Promise<unknown>
  text(): Promise<string>
  arrayBuffer(): Promise<ArrayBuffer>
}

/** `fetch`, with this trust. */
export async function fetchTrusting(
  trust: Trust | undefined,
  url: string,
  init: RequestInit = {},
): Promise<ServerAnswer> {
  if (!trust) return fetch(url, init)
  // Forms and texts become bytes first: this `fetch` is of another make than the global one, and knows only its own.
  const { headers, body } = new Response(init.body ?? null)
  const { method = 'GET', signal } = init
  return fetchWith(url, {
    method,
    headers: [
      ...new Headers({ ...Object.fromEntries(headers), ...Object.fromEntries(new Headers(init.headers)) }),
    ],
    dispatcher: new Agent({ connect: trust }),
    ...(body ? { body, duplex: 'half' as const } : {}),
    ...(signal ? { signal } : {}),
  })
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new CliError(EXIT.usage, `Cannot read the certificate ${file}: ${reasonOf(error)}`, {
      cause: error,
    })
  }
}
