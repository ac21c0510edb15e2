import { type ErrorCode } from '#shared/errors.ts'

/** Why a request was not answered as hoped: `offline` and `timeout` are found out here, the others come from the server. */
export type RequestErrorCode = ErrorCode | 'offline' | 'timeout'

export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: RequestErrorCode

  constructor(code: RequestErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
