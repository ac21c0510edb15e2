import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Config } from '../../backend/config.ts'
import { systemClock } from '../../backend/lib/clock.ts'
import { createLogger } from '../../backend/logging.ts'
import { type Certificate, openCertificate } from '../../backend/tls/certificate.ts'

export interface TestCertificate extends AsyncDisposable {
  readonly certificate: Certificate
  /** What a client that is to trust it is given. */
  readonly file: string
  readonly pem: string
}

/** A certificate as a server makes it for itself, in a folder of its own. */
export async function testCertificate(): Promise<TestCertificate> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-tls-'))
  const config = Config.parse({ https: true, data_dir: folder })
  const deps = { clock: systemClock, logger: createLogger('silent') }
  const certificate = await openCertificate(config, deps)
  const file = certificate?.ownFile
  if (!certificate || file === undefined) throw new Error('No certificate was made')
  return {
    certificate,
    file,
    pem: certificate.current().cert,
    async [Symbol.asyncDispose]() {
      certificate[Symbol.dispose]()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
