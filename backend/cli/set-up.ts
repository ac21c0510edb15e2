import { installGguf } from './gguf-packages.ts'
import { type Machine } from './machine.ts'
import { provide, SPEECH_RECOGNITION, TEST_BROWSER } from './system-packages.ts'

const USAGE = `npm run setup              prepares this machine for Troupe
npm run setup -- --gguf    also to run GGUF models itself; with --gpu on graphics cards, too
npm run setup -- --test    also for its tests, which need a browser and GGUF models`

const OLDEST_NODE = [20, 19] as const
const BUILD_TIMEOUT_MS = 10 * 60_000

/**
 * Prepares a machine, and says what it does.
 * @returns the exit code. What is missing from the operating system is an error only with `--test`: the tests need
 *   everything, the server works without.
 */
export async function setUp(args: readonly string[], machine: Machine): Promise<number> {
  const unknown = args.find((arg) => !FLAGS.has(arg))
  if (unknown !== undefined) {
    machine.say(`Unknown option "${unknown}". Use:\n${USAGE}`)
    return 1
  }
  if (args.includes('--help')) {
    machine.say(USAGE)
    return 0
  }
  if (!isNodeNewEnough(machine.nodeVersion)) {
    machine.say(`! Troupe needs Node ${OLDEST_NODE.join('.')} or newer; this is ${machine.nodeVersion}.`)
    return 1
  }
  const isForTests = args.includes('--test')
  if (!(await buildUi(machine))) return 1
  const isGgufWanted = isForTests || args.includes('--gguf') || args.includes('--gpu')
  if (isGgufWanted && !(await installGguf(machine, args.includes('--gpu')))) return 1
  const hasAll = await provide(
    isForTests ? [SPEECH_RECOGNITION, TEST_BROWSER] : [SPEECH_RECOGNITION],
    machine,
  )
  return conclude(machine, { hasAll, isForTests })
}

const FLAGS: ReadonlySet<string> = new Set(['--test', '--gguf', '--gpu', '--help'])

async function buildUi(machine: Machine): Promise<boolean> {
  machine.say('… building the pages')
  const result = await machine.run(
    [process.execPath, 'node_modules/vite/bin/vite.js', 'build', 'frontend', '--logLevel', 'warn'],
    BUILD_TIMEOUT_MS,
  )
  if (result.ok) machine.say('✓ the pages are built')
  else machine.say(`${result.output.trimEnd()}\n! The pages could not be built; run "npm ci" and try again.`)
  return result.ok
}

function conclude(
  machine: Machine,
  { hasAll, isForTests }: { hasAll: boolean; isForTests: boolean },
): number {
  if (hasAll) {
    machine.say('✓ everything Troupe needs from this system is installed')
    machine.say(isForTests ? 'Ready: npm run check' : 'Ready: npm start')
    return 0
  }
  if (isForTests) {
    machine.say('! The tests need what is missing above.')
    return 1
  }
  machine.say('Ready: npm start. What needs the missing packages waits for them; everything else works.')
  return 0
}

function isNodeNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  return major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
}
