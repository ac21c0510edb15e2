import { X509Certificate } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { OWN_CERT_FILE, ownCertificate } from '../../../backend/tls/own-certificate.ts'

const NAMES = ['localhost', '127.0.0.1', '::1', 'kitchen', 'kitchen.local', '192.168.1.20']
const DAY_MS = 86_400_000
const NOW = new Date('2026-11-21T20:00:00Z')

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'troupe-cert-'))
})
afterEach(async () => {
  await rm(dataDir, { recursive: true, force: true })
})

const make = (names = NAMES, now = NOW) => ownCertificate({ dataDir, names, now })
const daysLater = (days: number) => new Date(NOW.getTime() + days * DAY_MS)

describe('the certificate that the server makes for itself', () => {
  it('holds every name and address under which it is reached, for a year', async () => {
    const { cert } = await make()
    const read = new X509Certificate(cert)
    for (const name of ['localhost', 'kitchen', 'kitchen.local']) expect(read.checkHost(name)).toBe(name)
    for (const address of ['127.0.0.1', '::1', '192.168.1.20']) expect(read.checkIP(address)).toBe(address)
    expect(read.checkIP('192.168.1.21')).toBeUndefined()
    expect(read.ca).toBe(false)
    expect(read.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
    const days = (Date.parse(read.validTo) - NOW.getTime()) / DAY_MS
    expect(days).toBeGreaterThan(365)
    expect(days).toBeLessThan(398)
  })

  it('is kept where nobody else reads it, and used again', async () => {
    const first = await make()
    expect(await make()).toEqual(first)
    expect(await make(['localhost'], daysLater(300))).toEqual(first)
    expect(await readFile(join(dataDir, OWN_CERT_FILE), 'utf8')).toBe(first.cert)
    for (const file of [OWN_CERT_FILE, 'https-key.pem']) {
      expect((await stat(join(dataDir, file))).mode & 0o777).toBe(0o600)
    }
  })

  it('is made anew before it ends, when a name is missing, and when it is broken', async () => {
    const first = await make()
    const renewed = await make(NAMES, daysLater(370))
    expect(renewed.cert).not.toBe(first.cert)
    expect(Date.parse(new X509Certificate(renewed.cert).validTo)).toBeGreaterThan(daysLater(700).getTime())

    const elsewhere = await make(['localhost', '10.0.0.7'], daysLater(371))
    const read = new X509Certificate(elsewhere.cert)
    expect([read.checkIP('10.0.0.7'), read.checkIP('192.168.1.20')]).toEqual(['10.0.0.7', '192.168.1.20'])
    expect(await make(NAMES, daysLater(372))).toEqual(elsewhere)

    await writeFile(join(dataDir, 'https-key.pem'), renewed.key)
    const mended = await make(NAMES, daysLater(373))
    expect(mended.cert).not.toBe(elsewhere.cert)
    await writeFile(join(dataDir, OWN_CERT_FILE), 'nonsense')
    expect(new X509Certificate((await make()).cert).checkHost('kitchen')).toBe('kitchen')
  })
})
