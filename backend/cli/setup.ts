import { thisMachine } from './machine.ts'
import { setUp } from './set-up.ts'

/** `npm run setup`. */
process.exitCode = await setUp(process.argv.slice(2), thisMachine)
