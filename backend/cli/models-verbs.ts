import { z } from 'zod'
import { type Connected } from './connection.ts'
import { CliError, EXIT } from './exit.ts'
import { callApi, exitCodeFor } from './http.ts'
import { harmless } from './style.ts'
import { type Terminal } from './terminal.ts'
import { type ServerAnswer } from './trust.ts'

const Model = z.object({
  id: z.string(),
  context_tokens: z.number().optional(),
  can_use_tools: z.boolean().optional(),
  is_default: z.boolean().optional(),
})

/** `troupe models list` */
export async function listModels(
  { server, terminal }: Connected,
  { json }: { json: boolean },
): Promise<void> {
  const response = await callApi(server.address, '/api/models')
  const models = z.array(Model).parse(await response.json())
  for (const model of models) terminal.out(json ? `${JSON.stringify(model)}\n` : `${lineOf(model)}\n`)
  if (models.length === 0)
    terminal.say('The model server has no models yet; "troupe models pull NAME" fetches one.')
}

function lineOf({ id, context_tokens, can_use_tools, is_default }: z.infer<typeof Model>): string {
  const context = context_tokens === undefined ? '-' : `${context_tokens} tokens`
  return [`${is_default ? '*' : ' '} ${harmless(id)}`, context, can_use_tools ? 'tools' : '-'].join('\t')
}

/** One line of the answer to a pull. */
const Progress = z.object({
  status: z.string().optional(),
  completed_bytes: z.number().optional(),
  total_bytes: z.number().optional(),
  error: z.string().optional(),
  code: z.string().optional(),
})
type Progress = z.infer<typeof Progress>

/** `troupe models pull`: shows how far it is; Ctrl-C stops it, and the next pull goes on from there. */
export async function pullModel(
  { server, terminal }: Connected,
  model: string,
  { json, signal }: { readonly json: boolean; readonly signal: AbortSignal },
): Promise<void> {
  const response = await callApi(server.address, '/api/models/pull', { body: { model }, signal })
  const bar = new ProgressLine(terminal)
  try {
    for await (const line of linesOf(response)) {
      const progress = Progress.parse(JSON.parse(line))
      if (json) terminal.out(`${line}\n`)
      if (progress.error !== undefined) throw new CliError(exitCodeFor(progress.code), progress.error)
      if (!json) bar.show(progress)
    }
  } catch (error) {
    if (signal.aborted) throw new CliError(EXIT.interrupted, '')
    throw error
  } finally {
    bar.end()
  }
  terminal.say(`${model} is ready: troupe chat --model ${model}`)
}

async function* linesOf(response: ServerAnswer): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let waiting = ''
  for await (const part of response.body ?? []) {
    waiting += decoder.decode(part, { stream: true })
    const lines = waiting.split('\n')
    waiting = lines.pop() ?? ''
    yield* lines.filter((line) => line.trim() !== '')
  }
  if (waiting.trim() !== '') yield waiting
}

/** One line that is drawn over and over on a terminal; elsewhere a line for each tenth. */
class ProgressLine {
  readonly #terminal: Terminal
  #last = ''
  #isDrawn = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show({ status = '', completed_bytes, total_bytes }: Progress): void {
    const isTerminal = this.#terminal.stderr.isTTY === true
    const share = total_bytes ? Math.min(1, (completed_bytes ?? 0) / total_bytes) : undefined
    const percent =
      share === undefined ? '' : ` ${Math.floor(isTerminal ? share * 100 : Math.floor(share * 10) * 10)} %`
    const size = total_bytes && isTerminal ? ` of ${megabytes(total_bytes)}` : ''
    const line = `${harmless(status)}${percent}${size}`
    if (line === this.#last) return
    this.#last = line
    if (!isTerminal) this.#terminal.say(line)
    else this.#terminal.stderr.write(`\r\u001B[K${line.slice(0, (this.#terminal.stderr.columns ?? 80) - 1)}`)
    this.#isDrawn = isTerminal
  }

  end(): void {
    if (this.#isDrawn) this.#terminal.stderr.write('\n')
    this.#isDrawn = false
  }
}

function megabytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`
}
