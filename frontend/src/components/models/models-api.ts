import { z } from 'zod'
import {
  Download,
  DownloadsAnswer,
  ModelFiles,
  RunnerInfo,
  RunnersAnswer,
  RunnersConfig,
  type RunnersConfigChange,
} from '#shared/entities.ts'
import { LlmSettings } from '#shared/protocol/settings.ts'
import { callApi } from '../../socket/api.ts'

/** What the models need of the server. All throw RequestError. */

const Anything = z.unknown()
const runnerPath = (id: string, verb: string) => `/api/runners/${encodeURIComponent(id)}/${verb}`

export const fetchRunners = () => callApi({ path: '/api/runners', answer: RunnersAnswer })

/** Answers at once; how it goes is told by the events. */
export const startRunner = (id: string) =>
  callApi({ method: 'POST', path: runnerPath(id, 'start'), answer: RunnerInfo })

/** Answers when it is gone. */
export const stopRunner = (id: string) =>
  callApi({ method: 'POST', path: runnerPath(id, 'stop'), answer: RunnerInfo })

export const pinRunner = (id: string, isPinned: boolean) =>
  callApi({
    method: 'PUT',
    path: runnerPath(id, 'pin'),
    body: { is_pinned: isPinned },
    answer: RunnerInfo,
  })

export const fetchConfig = () => callApi({ path: '/api/runners/config', answer: RunnersConfig })

export const writeConfig = (change: RunnersConfigChange) =>
  callApi({ method: 'PUT', path: '/api/runners/config', body: change, answer: RunnersConfig })

export async function fetchFiles() {
  return (await callApi({ path: '/api/models/files', answer: ModelFiles })).files
}

/** Answers what is still there. */
export async function removeFile(path: string) {
  return (await callApi({ method: 'DELETE', path: '/api/models/files', body: { path }, answer: ModelFiles }))
    .files
}

export async function fetchDownloads() {
  return (await callApi({ path: '/api/downloads', answer: DownloadsAnswer })).downloads
}

export const startDownload = (source: string) =>
  callApi({ method: 'POST', path: '/api/downloads', body: { source }, answer: Download })

export const cancelDownload = (id: string) =>
  callApi({ method: 'DELETE', path: `/api/downloads/${encodeURIComponent(id)}`, answer: Anything })

/** New conversations, and those without a model of their own, are answered by this runner. */
export const answerWith = (id: string) =>
  callApi({
    method: 'PATCH',
    path: '/api/settings',
    body: { llm: 'runner', llm_model: id },
    answer: LlmSettings,
  })
