import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'

/** A certificate that this server makes for itself. It says who signed it: nobody whom browsers know. */

/** In the data directory. Clients that are to trust it are given this file. */
export const OWN_CERT_FILE = 'https-cert.pem'
const OWN_KEY_FILE = 'https-key.pem'

const DAY_MS = 86_400_000
/** Devices refuse certificates that are good for longer. */
const VALID_DAYS = 397
const RENEW_BEFORE_DAYS = 30
/** Clocks differ. */
const BACKDATED_DAYS = 1

/** PEM. */
export interface KeyAndCert {
  readonly key: string
  readonly cert: string
}

export interface OwnCertificateOptions {
  readonly dataDir: string
  /** Names and addresses under which the server is reached. */
  readonly names: readonly string[]
  readonly now: Date
}

/** The one that is kept, as long as it is good: not about to end, and with all these names. Else a new one, which is kept. */
export async function ownCertificate(options: OwnCertificateOptions): Promise<KeyAndCert> {
  const { dataDir, names, now } = options
  const kept = await readKept(dataDir)
  const known = kept ? namesOf(kept.cert) : []
  if (kept && isInTime(kept.cert, now) && names.every((name) => known.includes(comparable(name)))) return kept
  // Names of before stay, so that a laptop between two networks keeps one certificate.
  const made = await makeCertificate([...new Set([...names, ...known])], now)
  await write(join(dataDir, OWN_KEY_FILE), made.key)
  await write(join(dataDir, OWN_CERT_FILE), made.cert)
  return made
}

async function readKept(dataDir: string): Promise<KeyAndCert | undefined> {
  try {
    const key = await readFile(join(dataDir, OWN_KEY_FILE), 'utf8')
    const cert = await readFile(join(dataDir, OWN_CERT_FILE), 'utf8')
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)) ? { key, cert } : undefined
  } catch {
    return undefined // Not there, or broken: a new one is as good.
  }
}

function isInTime(cert: string, now: Date): boolean {
  const { validFrom, validTo } = new X509Certificate(cert)
  const endsInMs = Date.parse(validTo) - now.getTime()
  return Date.parse(validFrom) <= now.getTime() && endsInMs > RENEW_BEFORE_DAYS * DAY_MS
}

function namesOf(cert: string): string[] {
  const names = new X509Certificate(cert).subjectAltName ?? ''
  return [...names.matchAll(/(?:DNS|IP Address):([^,\s]+)/gu)].map(([, name = '']) => comparable(name))
}

/** One address can be written in several ways. */
function comparable(name: string): string {
  return isIP(name) === 6 ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase()
}

async function makeCertificate(names: readonly string[], now: Date): Promise<KeyAndCert> {
  const altNames = names.map((name) =>
    isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name },
  )
  const { generate } = await import('selfsigned') // Seldom needed, and large.
  const pems = await generate([{ name: 'commonName', value: 'Troupe' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(now.getTime() - BACKDATED_DAYS * DAY_MS),
    notAfterDate: new Date(now.getTime() + (VALID_DAYS - BACKDATED_DAYS) * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  })
  return { key: pems.private, cert: pems.cert }
}

/** Never half of it, and never readable for others. */
async function write(path: string, pem: string): Promise<void> {
  await writeFile(`${path}.new`, pem, { mode: 0o600 })
  await rename(`${path}.new`, path)
}
