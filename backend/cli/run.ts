import { ownVersion } from '../version.ts'
import { toCliError } from './exit.ts'
import { runProgram } from './program.ts'
import { Terminal } from './terminal.ts'

/** The `troupe` command of this process, from its arguments to its exit code. */
export async function runTroupe(): Promise<void> {
  const { stdin, stdout, stderr, argv } = process
  // oxlint-disable-next-line no-process-env -- Here the environment enters.
  const terminal = new Terminal({ stdin, stdout, stderr, env: process.env })
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => process.exit(code))
  }
  process.exitCode = await runCommand(argv.slice(2), terminal)
  // An engine that is slow to let go must not hold up the shell; what was to be written has been.
  process.exit()
}

/** Does what the arguments say; what goes wrong is said in one sentence. @returns the exit code. */
export async function runCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const code = await runProgram(argv, terminal, ownVersion())
    await terminal.flush()
    return code
  } catch (thrown) {
    const { message, exitCode } = toCliError(terminal.broken.aborted ? terminal.broken.reason : thrown)
    if (message !== '') terminal.say(terminal.noteStyle.paint(`troupe: ${message}`, 'red'))
    return exitCode
  }
}
