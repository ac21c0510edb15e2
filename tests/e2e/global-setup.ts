import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestProject } from 'vitest/node'
import { ensureBuiltUi } from '../support/built-ui.ts'
import { ServerProcess } from '../support/server-process.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    troupeUrl: string
  }
}

/** One real server, with its own engines and an empty database, for all end-to-end tests. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await ensureBuiltUi()
  const dataDir = mkdtempSync(join(tmpdir(), 'troupe-e2e-'))
  const server = await ServerProcess.start(dataDir)
  project.provide('troupeUrl', server.url)
  return async () => {
    await server.end('SIGTERM')
    rmSync(dataDir, { recursive: true, force: true })
  }
}
