import { betaEvent, gaEvent } from './beta.ts'
import { type ServerEvent } from './server-events.ts'

/** How a client speaks: as the protocol is now, or as it was in its beta. Inside, it is always as it is now. */
export interface Dialect {
  readonly name: 'ga' | 'beta'
  /** What the client has sent, in the names of now. */
  read(value: unknown): unknown
  /** What the client is told, in its own names; nothing if it knows no such event. */
  write(event: ServerEvent): ServerEvent | undefined
}

export const GA: Dialect = { name: 'ga', read: (value) => value, write: (event) => event }
export const BETA: Dialect = { name: 'beta', read: gaEvent, write: betaEvent }
