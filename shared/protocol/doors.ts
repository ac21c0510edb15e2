import { z } from 'zod'

/** Interfaces through which other programs talk with what Troupe has: its models and its characters. */

export const DoorName = z.enum(['openai', 'ollama', 'lmstudio', 'realtime'])
export type DoorName = z.infer<typeof DoorName>

export const DoorStatus = z.object({
  /** `failed`: it should be open, and `error` says why it is not. */
  state: z.enum(['open', 'off', 'failed']),
  /** Where it is, if not on the port of the pages. */
  port: z.number().int().optional(),
  error: z.string().optional(),
})
export type DoorStatus = z.infer<typeof DoorStatus>

/** As `/health` lists them. */
export const DoorStatuses = z.record(DoorName, DoorStatus)
export type DoorStatuses = z.infer<typeof DoorStatuses>
