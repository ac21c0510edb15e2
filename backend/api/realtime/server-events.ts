/** What the server says, in the names of the current protocol; `event_id` is put in where it is sent. */
export interface ServerEvent {
  readonly type: string
  readonly [field: string]: unknown
}

export type Emit = (event: ServerEvent) => void
