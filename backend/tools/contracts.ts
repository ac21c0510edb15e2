import { z } from 'zod'
import { type Note, type ToolName } from '#shared/entities.ts'
import { type ToolSpec } from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Clock } from '../lib/clock.ts'

/** On whose behalf a tool runs, and with which time and luck. */
export interface ToolContext {
  readonly characterId: string
  readonly conversationId: string
  readonly clock: Clock
  /** 0 … 1, without 1. */
  readonly random: () => number
}

/** A function that a model may call. */
export interface Tool {
  /** What the model is told of it. */
  readonly spec: ToolSpec
  /** When it is given up, in milliseconds. */
  readonly timeLimitMs: number
  /**
   * @param args as the model wrote them: unchecked.
   * @returns text for the model.
   * @throws AppError whose sentence the model is told, so that it can do better or say so.
   */
  run(args: Readonly<Record<string, unknown>>, context: ToolContext, signal: AbortSignal): Promise<string>
}

/** Where characters keep notes across conversations; the store implements it. */
export interface NoteKeeper {
  add(characterId: string, text: string): Promise<void>
  /**
   * @param query words to look for; empty: the newest notes.
   * @returns at most `limit` notes of this character, the best first.
   */
  search(characterId: string, query: string, limit: number): Promise<readonly RecalledNote[]>
}

export type RecalledNote = Pick<Note, 'text' | 'created_at'>

interface ToolDefinition<Parameters extends z.ZodObject> {
  readonly name: ToolName
  /** For the model: what it does, and when to use it. */
  readonly description: string
  readonly parameters: Parameters
  readonly timeLimitMs: number
  run(args: z.output<Parameters>, context: ToolContext, signal: AbortSignal): Promise<string>
}

/** A tool whose arguments are checked before it runs. */
export function defineTool<Parameters extends z.ZodObject>(definition: ToolDefinition<Parameters>): Tool {
  const { name, description, parameters, timeLimitMs } = definition
  const { $schema: _schema, ...schema } = z.toJSONSchema(parameters, { io: 'input' })
  return {
    spec: { name, description, parameters: schema },
    timeLimitMs,
    async run(args, context, signal) {
      const parsed = parameters.safeParse(args)
      if (!parsed.success) throw wrongArguments(name, parsed.error)
      return await definition.run(parsed.data, context, signal)
    },
  }
}

function wrongArguments(name: ToolName, error: z.ZodError): AppError {
  const faults = error.issues.map((issue) => `${issue.path.map(String).join('.')}: ${issue.message}`)
  return new AppError('invalid', `Cannot run ${name}, its arguments are wrong: ${faults.join('; ')}`, {
    cause: error,
    issues: error.issues,
  })
}
