import { z } from 'zod'
import { Id, Timestamp } from './fields.ts'

/** Model processes that Troupe starts and stops itself. */

export const RunnerKind = z.enum(['llama', 'whisper', 'command', 'gguf'])
export type RunnerKind = z.infer<typeof RunnerKind>

export const RunnerState = z.enum(['stopped', 'starting', 'ready', 'stopping', 'failed'])
export type RunnerState = z.infer<typeof RunnerState>

/** What is shown of one runner. */
export const RunnerInfo = z.object({
  id: Id,
  kind: RunnerKind,
  /** What it offers: `chat`, `embeddings`, `transcription`, `speech`. */
  offers: z.array(z.enum(['chat', 'embeddings', 'transcription', 'speech'])),
  aliases: z.array(z.string()),
  state: RunnerState,
  /** Why it failed, and what to do. */
  error: z.string().optional(),
  /** When a start is tried again. */
  retry_at: Timestamp.optional(),
  /** 0 … 1 while it starts, where it is known. */
  progress: z.number().min(0).max(1).optional(),
  pid: z.number().int().optional(),
  started_at: Timestamp.optional(),
  last_used_at: Timestamp.optional(),
  /** When it is stopped if nobody uses it; absent: pinned, or never. */
  expires_at: Timestamp.optional(),
  is_pinned: z.boolean(),
  /** Requests that it is answering, and that wait for it. */
  active: z.number().int().min(0),
  queued: z.number().int().min(0),
  max_parallel: z.number().int().min(1),
  /** As configured or estimated; and as it is. */
  memory_budget_bytes: z.number().int().min(0).optional(),
  memory_bytes: z.number().int().min(0).optional(),
  tokens_per_second: z.number().min(0).optional(),
  restarts: z.number().int().min(0),
  model_file: z.string().optional(),
})
export type RunnerInfo = z.infer<typeof RunnerInfo>

export const RunnerLogLine = z.object({
  at: Timestamp,
  stream: z.enum(['out', 'err', 'note']),
  text: z.string(),
})
export type RunnerLogLine = z.infer<typeof RunnerLogLine>

/** A GGUF file that was found on the disk. */
export const ModelFileInfo = z.object({
  path: z.string(),
  size_bytes: z.number().int(),
  modified_at: Timestamp,
  /** Why its header cannot be read; then the rest is absent. */
  error: z.string().optional(),
  name: z.string().optional(),
  architecture: z.string().optional(),
  quantization: z.string().optional(),
  parameter_count: z.number().optional(),
  context_length: z.number().int().optional(),
  embedding_length: z.number().int().optional(),
  chat_template: z.string().optional(),
  /** 64 hex digits: the same for the same file; no checksum of all of it. */
  digest: z.string().optional(),
  /** The file beside it that lets it see or hear (`mmproj`). */
  projector_path: z.string().optional(),
  /** The runner that uses it. */
  runner_id: Id.optional(),
})
export type ModelFileInfo = z.infer<typeof ModelFileInfo>

/** Something that is fetched to the disk. */
export const Download = z.object({
  id: Id,
  /** Where from: an address, or `hf:owner/repository/file.gguf`. */
  source: z.string(),
  path: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  done_bytes: z.number().int(),
  total_bytes: z.number().int().optional(),
  bytes_per_second: z.number().optional(),
  error: z.string().optional(),
})
export type Download = z.infer<typeof Download>

/** A graphics card. */
export const Gpu = z.object({
  index: z.number().int(),
  name: z.string(),
  memory_bytes: z.number().int(),
  /** By everybody, not by runners alone. */
  memory_used_bytes: z.number().int(),
})
export type Gpu = z.infer<typeof Gpu>

/** What the models screen shows. */
export const RunnerOverview = z.object({
  runners: z.array(RunnerInfo),
  memory_budget_bytes: z.number().int().optional(),
  memory_used_bytes: z.number().int(),
  disk_used_bytes: z.number().int(),
  disk_free_bytes: z.number().int().optional(),
  /** Absent: none that can be asked. */
  gpus: z.array(Gpu).optional(),
})
export type RunnerOverview = z.infer<typeof RunnerOverview>

/** `GET /api/runners`. */
export const RunnersAnswer = z.object({
  /** False: this server runs no models itself. */
  is_there: z.boolean(),
  overview: RunnerOverview,
  config_path: z.string(),
  /** Why the runners file as it is now is not in force. */
  config_problem: z.string().optional(),
})
export type RunnersAnswer = z.infer<typeof RunnersAnswer>

/** What `GET /api/runners/events` tells; the first one is an overview. */
export const RunnersEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('overview'), data: RunnersAnswer }),
  z.object({ type: z.literal('runner'), data: RunnerInfo }),
  z.object({ type: z.literal('runner_gone'), data: z.object({ id: Id }) }),
  z.object({ type: z.literal('download'), data: Download }),
  /** The runners file was changed; or is not right, and what was there before stays in force. */
  z.object({ type: z.literal('config'), data: z.object({ problem: z.string().optional() }) }),
])
export type RunnersEvent = z.infer<typeof RunnersEvent>

export const RunnerPin = z.object({ is_pinned: z.boolean() })
export type RunnerPin = z.infer<typeof RunnerPin>

/** The runners file, for whoever wants to change it. */
export const RunnersConfig = z.object({
  text: z.string(),
  path: z.string(),
  problem: z.string().optional(),
  /** A JSON schema; the help of every setting is its `description`. */
  schema: z.unknown(),
})
export type RunnersConfig = z.infer<typeof RunnersConfig>

export const RunnersConfigChange = z.object({
  text: z.string(),
  /** What it was changed from; if the file is something else by now, it stays as it is. */
  expected: z.string().optional(),
})
export type RunnersConfigChange = z.infer<typeof RunnersConfigChange>

export const ModelFiles = z.object({ files: z.array(ModelFileInfo) })
export type ModelFiles = z.infer<typeof ModelFiles>

export const ModelFileRemoval = z.object({ path: z.string().min(1).max(4_096) })
export type ModelFileRemoval = z.infer<typeof ModelFileRemoval>

export const DownloadsAnswer = z.object({ downloads: z.array(Download) })
export type DownloadsAnswer = z.infer<typeof DownloadsAnswer>

export const DownloadDraft = z.object({ source: z.string().trim().min(1).max(4_096) })
export type DownloadDraft = z.infer<typeof DownloadDraft>

/** A few words with a runner, kept nowhere. */
export const RunnerTalk = z.object({
  messages: z
    .array(z.object({ role: z.enum(['user', 'assistant']), content: z.string().max(1_000_000) }))
    .min(1)
    .max(1_000),
})
export type RunnerTalk = z.infer<typeof RunnerTalk>

export const RunnerTalkEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({
    type: z.literal('done'),
    tokens: z.number().int().min(0).optional(),
    tokens_per_second: z.number().min(0).optional(),
    first_token_ms: z.number().min(0),
  }),
  z.object({ type: z.literal('error'), message: z.string() }),
])
export type RunnerTalkEvent = z.infer<typeof RunnerTalkEvent>
