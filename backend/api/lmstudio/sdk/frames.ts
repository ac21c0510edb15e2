import { z } from 'zod'

/** What LM Studio's SDK sends over one of its sockets: first who it is, then any of the others. */

export const Greeting = z.object({
  authVersion: z.literal(1),
  clientIdentifier: z.string().max(500),
  clientPasskey: z.string().max(5_000),
})

const Id = z.number().int()
const endpoint = z.string().max(200)

export const ClientFrame = z.discriminatedUnion('type', [
  z.object({ type: z.literal('rpcCall'), endpoint, callId: Id, parameter: z.unknown() }),
  z.object({ type: z.literal('channelCreate'), endpoint, channelId: Id, creationParameter: z.unknown() }),
  z.object({ type: z.literal('channelSend'), channelId: Id, message: z.unknown(), ackId: Id.optional() }),
  z.object({ type: z.literal('channelAck'), channelId: Id, ackId: Id }),
  z.object({ type: z.literal('signalSubscribe'), endpoint, subscribeId: Id }),
  z.object({ type: z.literal('signalUnsubscribe'), subscribeId: Id }),
  z.object({ type: z.literal('writableSignalSubscribe'), endpoint, subscribeId: Id }),
  z.object({ type: z.literal('writableSignalUnsubscribe'), subscribeId: Id }),
  z.object({ type: z.literal('writableSignalUpdate'), subscribeId: Id }),
  z.object({ type: z.literal('communicationWarning'), warning: z.string() }),
  z.object({ type: z.literal('keepAlive') }),
])
export type ClientFrame = z.infer<typeof ClientFrame>

export type ServerFrame =
  | { readonly type: 'rpcResult'; readonly callId: number; readonly result: unknown }
  | { readonly type: 'rpcError'; readonly callId: number; readonly error: SdkError }
  | { readonly type: 'channelSend'; readonly channelId: number; readonly message: object }
  | { readonly type: 'channelAck'; readonly channelId: number; readonly ackId: number }
  | { readonly type: 'channelClose'; readonly channelId: number }
  | { readonly type: 'channelError'; readonly channelId: number; readonly error: SdkError }
  | {
      readonly type: 'signalError' | 'writableSignalError'
      readonly subscribeId: number
      readonly error: SdkError
    }
  | { readonly type: 'communicationWarning'; readonly warning: string }
  | { readonly type: 'keepAliveAck' }

/** What the SDK shows of an error. */
export interface SdkError {
  readonly title: string
  readonly rootTitle: string
}
