import { type z } from 'zod'
import { AppError } from '../../../errors.ts'

/** One answer to one question. */
export type Rpc = (parameter: unknown, signal: AbortSignal) => Promise<unknown>

/** A conversation of its own beside all others on the socket. It is closed when its handler is done. */
export interface RpcChannel {
  /** Aborts when the program is gone, or does not want the rest. */
  readonly signal: AbortSignal
  /** Whether it was the program's wish that the signal aborted. */
  readonly isCancelled: boolean
  /** Resolves when it is on its way. */
  readonly send: (message: object) => Promise<void>
}

export type ChannelHandler = (parameter: unknown, channel: RpcChannel) => Promise<void>

/** What can be asked on one of the SDK's sockets. */
export interface Namespace {
  readonly rpcs: ReadonlyMap<string, Rpc>
  readonly channels: ReadonlyMap<string, ChannelHandler>
}

/** @throws AppError `bad_message` */
export function read<Schema extends z.ZodType>(schema: Schema, parameter: unknown): z.output<Schema> {
  const parsed = schema.safeParse(parameter)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new AppError('bad_message', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}`)
}
