import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { type Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'
import { type Logger } from '../logging.ts'
import { type KeyAndCert, OWN_CERT_FILE, ownCertificate } from './own-certificate.ts'
import { ownNames } from './own-names.ts'

/** What the server shows to those who speak TLS. It is looked after: when it is renewed, servers are told. */
export interface Certificate extends Disposable {
  readonly current: () => KeyAndCert
  /** @returns how to stop listening. */
  readonly onRenewal: (listener: (renewed: KeyAndCert) => void) => () => void
  /** Of our own making: where it lies. */
  readonly ownFile: string | undefined
}

interface CertificateDeps {
  readonly clock: Clock
  readonly logger: Logger
}

const LOOK_EVERY_MS = 6 * 3_600_000

/** Whoever names a certificate wants it used. */
export function speaksTls({ https, tls_cert, tls_key }: Config): boolean {
  return https || tls_cert !== undefined || tls_key !== undefined
}

/** The file of a certificate of our own making, if the settings ask for one. */
export function ownCertFile(config: Config): string | undefined {
  const isOwn = speaksTls(config) && config.tls_cert === undefined
  return isOwn ? join(config.data_dir, OWN_CERT_FILE) : undefined
}

/** @throws AppError `config_invalid` if what the settings name cannot be used. */
export async function openCertificate(
  config: Config,
  { clock, logger }: CertificateDeps,
): Promise<Certificate | undefined> {
  if (!speaksTls(config)) return undefined
  let current = await read(config, clock)
  const listeners = new Set<(renewed: KeyAndCert) => void>()
  const look = async (): Promise<void> => {
    const next = await read(config, clock)
    if (next.cert === current.cert) return
    current = next
    for (const listener of listeners) listener(next)
  }
  let cancel = clock.after(LOOK_EVERY_MS, again)
  function again(): void {
    look().catch((error: unknown) => logger.warn({ err: error }, 'The certificate could not be renewed'))
    cancel = clock.after(LOOK_EVERY_MS, again)
  }
  return {
    ownFile: ownCertFile(config),
    current: () => current,
    onRenewal: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    [Symbol.dispose]: () => cancel(),
  }
}

async function read(config: Config, clock: Clock): Promise<KeyAndCert> {
  const { tls_cert: certFile, tls_key: keyFile, data_dir: dataDir } = config
  if (certFile === undefined && keyFile === undefined) {
    return ownCertificate({ dataDir, names: ownNames(config), now: clock.date() })
  }
  if (certFile === undefined || keyFile === undefined) {
    const [given, missing] = certFile === undefined ? ['tls_key', 'tls_cert'] : ['tls_cert', 'tls_key']
    throw new AppError(
      'config_invalid',
      `"${given}" is set, but "${missing}" is not; a certificate needs both`,
    )
  }
  const pair = { key: await readPem(keyFile, 'tls_key'), cert: await readPem(certFile, 'tls_cert') }
  try {
    createSecureContext(pair)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError(
      'config_invalid',
      `${certFile} (tls_cert) and ${keyFile} (tls_key) are no certificate and its key as PEM: ${reason}`,
      { cause: error },
    )
  }
  return pair
}

async function readPem(file: string, setting: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('config_invalid', `Cannot read ${file} (${setting}): ${reason}`, { cause: error })
  }
}
