import { AppError } from '../errors.ts'

/** What the shell is told. Documented in docs/terminal.md; scripts depend on it. */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** The command was not understood: flags, arguments, settings. */
  usage: 2,
  /** No Troupe, or no model server behind it, could be reached. */
  unreachable: 3,
  /** Ctrl-C. */
  interrupted: 130,
  /** Whoever read our output went away, as `head` does. */
  brokenPipe: 141,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** Ends the command. Its message is one sentence that says what to do; an empty one is not shown. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.exitCode = exitCode
  }
}

/** Turns anything thrown into what is shown and told to the shell. */
export function toCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown
  if (thrown instanceof AppError) return new CliError(exitCodeOf(thrown), thrown.message, { cause: thrown })
  const reason = thrown instanceof Error ? thrown.message : String(thrown)
  return new CliError(EXIT.failure, `Something went wrong inside Troupe: ${reason}`, { cause: thrown })
}

function exitCodeOf(error: AppError): ExitCode {
  if (error.code === 'config_invalid') return EXIT.usage
  return error.code === 'engine_unavailable' ? EXIT.unreachable : EXIT.failure
}

/** A short reason for people: `no space left on device` instead of `ENOSPC: …, write`. */
export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  const code = 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
  return (code && SYSTEM_REASONS[code]) ?? thrown.message
}

const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'no space left on the device',
  EDQUOT: 'your disk quota is used up',
  EFBIG: 'the file would become too large',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection was cut',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'it did not answer in time',
}
