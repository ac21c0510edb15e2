#!/usr/bin/env node
import { register } from 'tsx/esm/api'

/** The `troupe` command, straight from the checkout: its TypeScript is run as it is. */
register()
const { runTroupe } = await import('../backend/cli/run.ts')
await runTroupe()
