import { register } from 'tsx/esm/api'

// Plain JavaScript, because on Node 20 a worker does not understand TypeScript until this line has run:
// `--import tsx` has no effect in threads there.
register()
const [file] = process.argv.slice(2)
await import(file)
