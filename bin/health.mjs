#!/usr/bin/env node
import http from 'node:http'
import https from 'node:https'

/** For containers: ends with 0 if a Troupe on this machine is well, on whichever of its ports it listens. */

// oxlint-disable-next-line no-process-env -- Here the environment enters.
const { PORT, TROUPE_OLLAMA_PORT, TROUPE_LMSTUDIO_PORT } = process.env
const ports = [PORT || '8000', TROUPE_OLLAMA_PORT || '11434', TROUPE_LMSTUDIO_PORT || '1234']
const WITHIN_MS = 4_000

const asked = ports.flatMap((port) => [
  isWell(http, `http://127.0.0.1:${port}/health`),
  isWell(https, `https://127.0.0.1:${port}/health`),
])
const answers = await Promise.all(asked)
process.exit(answers.includes(true) ? 0 : 1)

function isWell({ get }, url) {
  return new Promise((resolve) => {
    // Its certificate is nobody's business here: nothing is told, and the answer counts for nothing else.
    const request = get(url, { rejectUnauthorized: false, timeout: WITHIN_MS }, (response) => {
      let text = ''
      response.on('data', (part) => (text += part))
      response.on('end', () => resolve(response.statusCode === 200 && text.includes('"status":"ok"')))
    })
    request.on('timeout', () => request.destroy())
    request.on('error', () => resolve(false))
  })
}
