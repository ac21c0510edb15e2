import { z } from 'zod'
import { type ToolName, type ToolUse } from '#shared/entities.ts'
import { type Config } from '../config.ts'
import { type ToolCallRequest, type ToolSpec } from '../engines/contracts.ts'
import { AppError, toAppError } from '../errors.ts'
import { abortable, abortReason } from '../lib/abort.ts'
import { type Clock } from '../lib/clock.ts'
import { type Logger } from '../logging.ts'
import { type NoteKeeper, type Tool, type ToolContext } from './contracts.ts'
import { createCurrentTime } from './current-time.ts'
import { createFetchPage } from './fetch-page.ts'
import { createRecall, createRemember } from './notes.ts'
import { createReadFile } from './read-file.ts'
import { rollDice } from './roll-dice.ts'
import { createSearchWeb } from './search-web.ts'
import { tidyResult } from './text.ts'
import { publicWeb, type WebAccess } from './web/access.ts'

/** Models that ramble do so in arguments, too. */
const MAX_ARGUMENTS_CHARACTERS = 20_000
const MAX_NAME_CHARACTERS = 100

/** Who calls, and what it may use. */
export interface ToolBoxContext extends ToolContext {
  readonly enabledTools: readonly ToolName[]
}

export interface ToolBox {
  /** Why a tool cannot be used on this server, and what to do about it; undefined if it can. */
  missing(name: ToolName): string | undefined
  /** What to offer to the model: of these tools, those that can be used. */
  specsFor(names: readonly ToolName[]): readonly ToolSpec[]
  /**
   * Runs what a model called. Whatever goes wrong is told in the result, with `is_error`: the model is to read it.
   * @throws the signal's reason if it aborts, at once; what the tool has begun is left to end by itself.
   */
  run(call: ToolCallRequest, context: ToolBoxContext, signal: AbortSignal): Promise<ToolUse>
}

export interface ToolDependencies {
  readonly notes: NoteKeeper
  /** Told of defects only: what is asked and answered goes into no log. */
  readonly logger: Pick<Logger, 'error'>
  /** Which addresses pages may be fetched from; absent: public ones. */
  readonly web?: WebAccess
  /** IANA name of where the server stands; absent: as the system says. */
  readonly timeZone?: string
}

/** A tool, or the sentence that says why there is none. */
export type Offer = Tool | string

export function createTools(config: Config, dependencies: ToolDependencies): ToolBox {
  const { notes, logger, web = publicWeb } = dependencies
  const offers: Readonly<Record<ToolName, Offer>> = {
    current_time: createCurrentTime(dependencies.timeZone ?? systemTimeZone()),
    roll_dice: rollDice,
    remember: createRemember(notes),
    recall: createRecall(notes),
    search_web: createSearchWeb(config),
    fetch_page: createFetchPage(web),
    read_file: createReadFile(config.tools_folder),
  }
  return new Tools(offers, logger)
}

class Tools implements ToolBox {
  readonly #offers: ReadonlyMap<string, Offer>
  readonly #logger: Pick<Logger, 'error'>

  constructor(offers: Readonly<Record<ToolName, Offer>>, logger: Pick<Logger, 'error'>) {
    this.#offers = new Map(Object.entries(offers))
    this.#logger = logger
  }

  missing(name: ToolName): string | undefined {
    const offer = this.#offers.get(name)
    return typeof offer === 'string' ? offer : undefined
  }

  specsFor(names: readonly ToolName[]): readonly ToolSpec[] {
    return [...new Set(names)].flatMap((name) => {
      const offer = this.#offers.get(name)
      return offer === undefined || typeof offer === 'string' ? [] : [offer.spec]
    })
  }

  async run(call: ToolCallRequest, context: ToolBoxContext, signal: AbortSignal): Promise<ToolUse> {
    const startedAtMs = context.clock.nowMs()
    const args = argumentsOf(call)
    const run = async (): Promise<string> => {
      const tool = this.#find(call.name, context.enabledTools)
      if (args === undefined) throw unreadableArguments()
      return await withinTime((limit) => tool.run(args, context, limit), {
        tool,
        signal,
        clock: context.clock,
      })
    }
    const outcome = await this.#outcome(run, { name: call.name, signal })
    return {
      name: call.name.slice(0, MAX_NAME_CHARACTERS),
      arguments: args ?? {},
      ...outcome,
      duration_ms: Math.round(context.clock.nowMs() - startedAtMs),
    }
  }

  async #outcome(
    run: () => Promise<string>,
    { name, signal }: { readonly name: string; readonly signal: AbortSignal },
  ): Promise<Pick<ToolUse, 'result' | 'is_error'>> {
    try {
      return { result: tidyResult(await run()), is_error: false }
    } catch (thrown) {
      if (signal.aborted) throw abortReason(signal)
      const error = toAppError(thrown)
      if (error.code === 'internal') this.#logger.error({ tool: name, err: thrown }, 'A tool failed')
      return { result: tidyResult(`${error.message}.`), is_error: true }
    }
  }

  #find(name: string, enabledTools: readonly string[]): Tool {
    const offer = this.#offers.get(name)
    if (offer === undefined || !enabledTools.includes(name)) throw notEnabled(name, enabledTools)
    if (typeof offer === 'string') throw new AppError('engine_unavailable', offer)
    return offer
  }
}

interface TimeLimit {
  readonly tool: Tool
  readonly clock: Clock
  readonly signal: AbortSignal
}

async function withinTime(
  run: (signal: AbortSignal) => Promise<string>,
  { tool, clock, signal }: TimeLimit,
): Promise<string> {
  if (signal.aborted) throw abortReason(signal)
  const stop = new AbortController()
  const onAbort = (): void => stop.abort(abortReason(signal))
  signal.addEventListener('abort', onAbort, { once: true })
  const cancel = clock.after(tool.timeLimitMs, () => stop.abort(tookTooLong(tool)))
  try {
    return await abortable(run(stop.signal), stop.signal)
  } finally {
    cancel()
    signal.removeEventListener('abort', onAbort)
  }
}

/** Undefined if it is not a JSON object. Models that have nothing to say write nothing. */
function argumentsOf({ argumentsJson }: ToolCallRequest): Record<string, unknown> | undefined {
  if (argumentsJson.trim() === '') return {}
  if (argumentsJson.length > MAX_ARGUMENTS_CHARACTERS) return undefined
  try {
    return z.record(z.string(), z.unknown()).optional().catch(undefined).parse(JSON.parse(argumentsJson))
  } catch {
    return undefined
  }
}

function unreadableArguments(): AppError {
  return new AppError(
    'invalid',
    `Cannot read the arguments: they must be one JSON object of at most ${MAX_ARGUMENTS_CHARACTERS} characters`,
  )
}

function notEnabled(name: string, enabledTools: readonly string[]): AppError {
  const others = enabledTools.length > 0 ? `use ${enabledTools.join(', ')}` : 'answer without tools'
  return new AppError('forbidden', `There is no tool "${name.slice(0, MAX_NAME_CHARACTERS)}" here; ${others}`)
}

function tookTooLong({ spec, timeLimitMs }: Tool): AppError {
  return new AppError(
    'engine_timeout',
    `${spec.name} took longer than ${timeLimitMs / 1_000} s and was given up`,
  )
}

function systemTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}
