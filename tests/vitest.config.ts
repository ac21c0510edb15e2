import { configDefaults, defineConfig } from 'vitest/config'
import { HANG_MS } from './support/hang.ts'

const E2E = 'e2e/**/*.test.ts'

export default defineConfig({
  test: {
    root: new URL('.', import.meta.url).pathname,
    pool: 'forks',
    testTimeout: 90_000,
    hookTimeout: 120_000,
    // What is polled is on its way; only who waits in vain waits that long.
    expect: { poll: { timeout: HANG_MS } },
    projects: [
      {
        extends: true,
        test: {
          name: 'server',
          include: ['**/*.test.ts'],
          exclude: [...configDefaults.exclude, E2E],
        },
      },
      {
        // What is measured in a browser is measured alone, after all other tests.
        extends: true,
        test: {
          name: 'browser',
          include: [E2E],
          globalSetup: new URL('e2e/global-setup.ts', import.meta.url).pathname,
          testTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
