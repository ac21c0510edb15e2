import { z } from 'zod'
import { DoorName } from '#shared/protocol/doors.ts'
import { Flag, ListOf, Port } from './config-fields.ts'

/** Settings of how the server is reached: over TLS or not, with pages or without, and by which other programs. */
export const hosting = {
  https: Flag.default(false).describe(
    'Serves https and wss; with a certificate of its own making, unless tls_cert names one.',
  ),
  tls_cert: z.string().min(1).optional().describe('File of the certificate and its chain, as PEM.'),
  tls_key: z.string().min(1).optional().describe('File of its private key, as PEM.'),

  headless: Flag.default(false).describe('No pages: APIs and sockets only.'),
  only: ListOf(DoorName)
    .default([])
    .describe('Nothing but these doors for other programs: openai, ollama, lmstudio, realtime.'),
  openai_api: Flag.default(true).describe("OpenAI's API under /v1."),
  realtime_api: Flag.default(true).describe("OpenAI's Realtime API: /v1/realtime."),
  ollama_api: Flag.optional().describe(
    "Ollama's API, on a port of its own. Absent: as runners_file says, or off.",
  ),
  ollama_port: Port.optional().describe('Its port. Absent: as runners_file says, or 11434.'),
  ollama_version: z
    .string()
    .regex(/^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/u, 'expected a version, e.g. 0.12.6')
    .default('0.12.6')
    .describe('Which Ollama programs are told it is: some refuse old ones, or use what came with a version.'),
  lmstudio_api: Flag.optional().describe(
    "LM Studio's API, on a port of its own. Absent: as runners_file says, or off.",
  ),
  lmstudio_port: Port.optional().describe('Its port. Absent: as runners_file says, or 1234.'),
  runners_file: z
    .string()
    .min(1)
    .optional()
    .describe('Models that Troupe runs itself. Absent: runners.json in the data directory.'),
}
