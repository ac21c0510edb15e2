import { z } from 'zod'
import { Id } from '#shared/entities/fields.ts'

/** What several kinds of runners have in common. */

const Seconds = (max: number) => z.number().min(0).max(max)
export const Words = z.array(z.string()).default([])
export const Argv = z.array(z.string().min(1)).min(1)
export const Offer = z.enum(['chat', 'embeddings', 'transcription', 'speech'])
export const Path = z.string().min(1)
export const Threads = z
  .number()
  .int()
  .min(1)
  .max(1024)
  .optional()
  .describe('How many threads compute. More than there are free processor cores make it slower.')

/** Flags that would expose a runner, or take it away from us. */
const OURS = /^--?(?:host|port|api-key(?:-file)?|ssl-.*|path|api-prefix)(?:=|$)/u
export const FurtherFlags = z
  .array(z.string().refine((flag) => !OURS.test(flag), { error: 'is decided by Troupe: leave it out' }))
  .default([])

export const common = {
  id: Id.describe('Its name: what programs and characters ask for.'),
  aliases: z.array(Id).default([]).describe('Further names that find it.'),
  env: z.record(z.string(), z.string()).default({}).describe('Added to the environment of its process.'),
  cwd: Path.optional().describe('Where its process runs.'),
  parallel: z
    .number()
    .int()
    .min(1)
    .max(256)
    .default(1)
    .describe('How many requests it answers at once, each with a context of its own.'),
  max_queue: z.number().int().min(0).max(10_000).default(64).describe('Requests that may wait for it.'),
  ttl_s: z
    .union([z.literal(-1), Seconds(31_536_000)])
    .default(300)
    .describe('How long it stays after its last use; 0: no longer than that use; -1: for ever.'),
  pinned: z.boolean().default(false).describe('Started with the server, and never stopped to make room.'),
  group: z.string().min(1).optional().describe('One of `groups`.'),
  memory_mib: z.number().int().min(0).optional().describe('What it takes; absent: as its file is large.'),
  load_stall_s: Seconds(86_400)
    .min(1)
    .default(120)
    .describe('How long its start may say nothing in its log.'),
  load_max_s: Seconds(86_400).min(1).default(1_800).describe('How long its start may take in all.'),
  stop_grace_s: Seconds(600).default(10).describe('How long it may take to end by itself.'),
  drain_s: Seconds(3_600).default(30).describe('How long requests that run may take when it is stopped.'),
  max_crashes: z.number().int().min(1).max(100).default(3).describe('Within a minute; then it rests.'),
  health_every_s: Seconds(3_600)
    .default(10)
    .describe('How often it is asked whether it is well, while it runs; 0: never.'),
  health_failures: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(3)
    .describe('So many times in a row without an answer, and it is ended as hung.'),
}

export const chat = {
  context_tokens: z
    .number()
    .int()
    .min(256)
    .max(100_000_000)
    .optional()
    .describe(
      'How much each conversation may hold, in tokens (some 4 letters each). More takes more memory. Absent: as the model was made for, in runners of the kind gguf no more than 8,192.',
    ),
  tools: z.boolean().optional().describe('Whether the model can call tools; absent: as its server says.'),
}
