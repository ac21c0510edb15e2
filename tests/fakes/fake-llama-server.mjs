import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import { parseArgs } from 'node:util'

/**
 * Plays llama-server, well-behaved or not. Knobs come by environment (`FAKE_…`), as flags are those of llama-server:
 * LOAD_MS until it is ready; TALK_MS how often it writes meanwhile; DIE_LOADING ends while it loads, with that as its
 * last words; DIE_AFTER_TOKENS ends in the middle of a reply; IGNORE_TERM; STICKY goes on with replies that nobody
 * reads; CHILD starts a process that keeps our output open; TOKEN_MS between words; HANG answers nothing; DEAF_AFTER_MS
 * answers nobody any more from then on.
 */

const { values } = parseArgs({
  strict: false,
  options: { host: { type: 'string' }, port: { type: 'string' }, alias: { type: 'string' } },
})
const knob = (name) => process.env[`FAKE_${name}`]
const number = (name, otherwise) => Number(knob(name) ?? otherwise)
const key = process.env.LLAMA_API_KEY

let isReady = false
let isDeaf = false
let busy = 0

const server = createServer((request, response) => {
  if (isDeaf) return undefined
  const path = (request.url ?? '').split('?')[0]
  if (path === '/health') return send(response, isReady ? 200 : 503, { status: isReady ? 'ok' : 'loading' })
  // As the real one: the list is there before the model is.
  if (path === '/v1/models') return send(response, 200, { data: [{ id: values.alias ?? 'fake' }] })
  if (key && request.headers.authorization !== `Bearer ${key}`) return send(response, 401, { error: 'key' })
  if (path === '/slots') return send(response, 200, [{ id: 0, is_processing: busy > 0 }].concat(others()))
  if (path === '/props') return send(response, 200, { default_generation_settings: { n_ctx: 2048 } })
  if (path === '/v1/chat/completions') return void chat(request, response)
  if (path === '/v1/embeddings') return void embed(request, response)
  if (path === '/v1/audio/transcriptions') return void hear(request, response)
  if (path === '/v1/audio/voices') return send(response, 200, { voices: ['anna', 'bert'] })
  if (path === '/v1/audio/speech') return void speak(request, response)
  return send(response, 404, { error: 'not found' })
})

function others() {
  return Array.from({ length: Math.max(0, busy - 1) }, (_, index) => ({ id: index + 1, is_processing: true }))
}

async function chat(request, response) {
  const body = await bodyOf(request)
  if (knob('HANG')) return
  busy += 1
  const reader = { isGone: false }
  response.on('close', () => {
    reader.isGone = true
  })
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  const words = (knob('WORDS') ?? 'Hello there, traveller. The storm is near.').split(/(?<= )/u)
  const dieAfter = number('DIE_AFTER_TOKENS', Infinity)
  for (const [index, word] of words.entries()) {
    if (index >= dieAfter) process.exit(3)
    if (reader.isGone && !knob('STICKY')) break
    if (!reader.isGone) delta(response, body, { delta: { content: word } })
    await pause(number('TOKEN_MS', 2))
  }
  while (reader.isGone && knob('STICKY')) await pause(50)
  busy -= 1
  if (reader.isGone) return
  delta(response, body, { delta: {}, finish_reason: 'stop' })
  response.end('data: [DONE]\n\n')
}

async function hear(request, response) {
  let bytes = 0
  for await (const chunk of request) bytes += chunk.length
  send(response, 200, { text: bytes > 1_000 ? 'I heard something' : '' })
}

/** A tone for each letter: a tenth of a second. */
async function speak(request, response) {
  const { input } = await bodyOf(request)
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  response.end(Buffer.alloc(String(input).length * 4_800, 1))
}

async function embed(request, response) {
  const { input } = await bodyOf(request)
  const texts = Array.isArray(input) ? input : [input]
  send(response, 200, { data: texts.map((text, index) => ({ index, embedding: [String(text).length, 1] })) })
}

function delta(response, { model }, choice) {
  const chunk = {
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model,
    choices: [{ index: 0, ...choice }],
  }
  response.write(`data: ${JSON.stringify(chunk)}\n\n`)
}

async function bodyOf(request) {
  let text = ''
  for await (const chunk of request) text += chunk
  return JSON.parse(text)
}

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}

function pause(delayMs) {
  return new Promise((resolve) => setTimeout(resolve, delayMs))
}

if (knob('IGNORE_TERM')) process.on('SIGTERM', () => process.stderr.write('not now\n'))
if (knob('CHILD')) {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    stdio: 'inherit',
    detached: knob('CHILD') === 'detached',
  })
  process.stderr.write(`child ${child.pid}\n`)
}
server.on('error', (error) => {
  process.stderr.write(`couldn't bind: ${error.message}\n`)
  process.exit(1)
})
const address = knob('PORT') ?? values.port
if (address) server.listen(Number(address), '127.0.0.1')
else server.listen(values.host)
if (knob('TALK_MS')) setInterval(() => isReady || process.stderr.write('.'), number('TALK_MS', 100))
setTimeout(
  () => {
    if (knob('DIE_LOADING')) {
      process.stderr.write(`${knob('DIE_LOADING')}\n`)
      process.exit(1)
    }
    isReady = true
    if (knob('DEAF_AFTER_MS')) setTimeout(() => (isDeaf = true), number('DEAF_AFTER_MS', 0))
    process.stderr.write('model loaded\n')
  },
  number('LOAD_MS', 0),
)
