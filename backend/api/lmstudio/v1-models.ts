import { type FastifyReply, type FastifyRequest } from 'fastify'
import { z } from 'zod'
import { fetcherOf } from '../core/fetch-model.ts'
import { untilGone } from '../client-gone.ts'
import { type DownloadJob } from './download-jobs.ts'
import { find } from './find.ts'
import { type LmStudioDoor } from './lmstudio-deps.ts'
import { contextOf, v1Model } from './model-descriptions.ts'
import { DownloadBody, given, LoadBody, read, UnloadBody } from './requests.ts'
import { LmStudioError, modelNotFound } from './wire-error.ts'

/** `GET /api/v1/models` */
export async function models(
  { directory, residence }: LmStudioDoor,
  _request: FastifyRequest,
  reply: FastifyReply,
) {
  const all = await directory.list(untilGone(reply))
  return { models: all.map((talkable) => v1Model(talkable, residence)) }
}

/** `POST /api/v1/models/load` */
export async function load(
  { directory, residence }: LmStudioDoor,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const body = read(LoadBody, request.body)
  const signal = untilGone(reply)
  const talkable = await find(directory, body.model, signal)
  const tookMs = await residence.load(talkable, signal)
  // What is loaded by hand stays until it is unloaded by hand.
  residence.use(talkable, body.ttl ? body.ttl * 1_000 : Infinity)
  return {
    type: talkable.kind === 'embedding' ? 'embedding' : 'llm',
    instance_id: talkable.id,
    load_time_seconds: tookMs / 1_000,
    status: 'loaded',
    ...(body.echo_load_config ? { load_config: { context_length: contextOf(talkable) } } : {}),
  }
}

/** `POST /api/v1/models/unload` */
export async function unload(
  { directory, residence }: LmStudioDoor,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const { instance_id: id } = read(UnloadBody, request.body)
  const talkable = await directory.find(id, untilGone(reply))
  if (!talkable || !residence.isLoaded(talkable)) throw modelNotFound(id)
  await residence.unload(talkable)
  return { instance_id: id }
}

/** `POST /api/v1/models/download` */
export async function download(door: LmStudioDoor, request: FastifyRequest, reply: FastifyReply) {
  const { model } = read(DownloadBody, request.body)
  const signal = untilGone(reply)
  const known = await door.directory.find(model, signal).catch(() => undefined)
  signal.throwIfAborted()
  if (known) return { status: 'already_downloaded', ...given({ total_size_bytes: known.file?.sizeBytes }) }
  const work = fetcherOf(door, model)
  if (!work) throw modelNotFound(model)
  return jobStatus(door.downloads.start(work), door.clock.date())
}

const JobParams = z.object({ jobId: z.string() })

/** `GET /api/v1/models/download/status/:job_id` */
export async function downloadStatus(door: LmStudioDoor, request: FastifyRequest) {
  const { jobId } = read(JobParams, request.params)
  const job = door.downloads.find(jobId)
  if (!job)
    throw new LmStudioError('job_not_found', `There is no download "${jobId.slice(0, 100)}"`, 'job_id')
  return jobStatus(job, door.clock.date())
}

function jobStatus(job: DownloadJob, now: Date): object {
  const { id, status, startedAt, completedAt, totalBytes, downloadedBytes, error } = job
  const seconds = ((completedAt ?? now).getTime() - startedAt.getTime()) / 1_000
  const bytesPerSecond = seconds > 0 ? downloadedBytes / seconds : 0
  const leftBytes = totalBytes === undefined ? undefined : totalBytes - downloadedBytes
  const isKnown = status === 'downloading' && leftBytes !== undefined && bytesPerSecond > 0
  return {
    job_id: id,
    status,
    started_at: startedAt.toISOString(),
    downloaded_bytes: downloadedBytes,
    bytes_per_second: bytesPerSecond,
    ...given({
      total_size_bytes: totalBytes,
      completed_at: completedAt?.toISOString(),
      estimated_completion: isKnown
        ? new Date(now.getTime() + (leftBytes / bytesPerSecond) * 1_000).toISOString()
        : undefined,
      error,
    }),
  }
}
