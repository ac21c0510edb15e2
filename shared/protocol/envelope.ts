import { z } from 'zod'

/** Every text frame from a client, before its `data` is looked at. */
export const Envelope = z.object({
  type: z.string().min(1).max(100),
  id: z.string().max(200).optional(),
  data: z.unknown().optional(),
})
export type Envelope = z.infer<typeof Envelope>
