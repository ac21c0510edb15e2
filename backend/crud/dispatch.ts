import { type z } from 'zod'
import { type CrudAnswer } from '#shared/protocol/events.ts'
import {
  requests,
  type AnswerType,
  type RequestResult,
  type DbError,
  type RequestParams,
  type RequestType,
} from '#shared/protocol/requests.ts'
import { AppError, toAppError } from '../errors.ts'
import { SerialLane } from '../lib/serial-lane.ts'
import { type Store } from '../store/contract.ts'
import { changesBehind, hasMoreToTell, isPrivate } from './announcements.ts'
import { type ChangeListener } from './changes.ts'
import { type HandlerMeans } from './handler.ts'
import { handlers } from './table.ts'

/** The table of requests again, in a form in which each schema is known to make the parameters of its own handler. */
const schemas: { readonly [T in RequestType]: { readonly params: z.ZodType<RequestParams<T>> } } = requests

interface Answer<T extends RequestType> {
  readonly type: AnswerType<T>
  readonly data: RequestResult<T>
}

interface CrudOptions {
  readonly store: Store
  /** Is told of every change, in the same tick in which it is known to be saved. */
  readonly publish: ChangeListener
  /** Carries out the macros of greetings; absent: they are said as they are written. */
  readonly expandGreetings?: HandlerMeans['expandGreetings']
  /** Hears of defects: whatever went wrong that is nobody's input. */
  readonly onDefect?: (error: AppError) => void
}

const asWritten: HandlerMeans['expandGreetings'] = async (texts) => texts.map((text) => ({ text }))

/** The one way to the store for sockets and REST alike. */
export interface Crud {
  isRequest(type: string): type is RequestType
  /**
   * Validates, does, publishes. The answer has no `id`; the socket adds that of its request.
   * @throws AppError
   */
  run(type: RequestType, data: unknown, origin?: unknown): Promise<CrudAnswer>
  /** The same for the socket: a failure is an answer too. */
  handle(type: RequestType, data: unknown, origin?: unknown): Promise<CrudAnswer | DbError>
}

export function createCrud({ store, publish, onDefect, expandGreetings }: CrudOptions): Crud {
  const means: HandlerMeans = { expandGreetings: expandGreetings ?? asWritten }
  // One after another, so that everybody is told of changes in the order in which they were asked for, and whoever asks
  // after a change is answered with it.
  const lane = new SerialLane()
  const answered = async (type: RequestType, data: unknown, origin: unknown): Promise<CrudAnswer> => {
    // The one cast: TypeScript cannot see that answer and result under one key of `requests` belong together.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const answer = (await answerTo({ store, means }, type, data)) as CrudAnswer
    if (!IS_READING.test(type)) await announce({ store, publish }, answer, origin)
    return answer
  }
  const run: Crud['run'] = async (type, data, origin) => {
    try {
      if (type !== 'search') return await lane.run(() => answered(type, data, origin))
      // A search takes its time, and holds up nobody.
      await lane.idle()
      return await answered(type, data, origin)
    } catch (thrown) {
      const error = toAppError(thrown)
      if (error.httpStatus >= 500) onDefect?.(error)
      throw error
    }
  }
  return {
    isRequest: (type): type is RequestType => Object.hasOwn(requests, type),
    run,
    async handle(type, data, origin) {
      try {
        return await run(type, data, origin)
      } catch (thrown) {
        return toDbError(toAppError(thrown), data)
      }
    },
  }
}

/** In the tick of the change, unless there is more to tell than the answer. */
async function announce(
  { store, publish }: Pick<CrudOptions, 'store' | 'publish'>,
  answer: CrudAnswer,
  origin: unknown,
): Promise<void> {
  if (!hasMoreToTell(answer)) return publish(answer, origin)
  for (const change of await changesBehind(store, answer)) publish(change, undefined)
  if (!isPrivate(answer)) publish(answer, origin)
}

async function answerTo<T extends RequestType>(
  { store, means }: { readonly store: Store; readonly means: HandlerMeans },
  type: T,
  data: unknown,
): Promise<Answer<T>> {
  const result = await handlers[type](store, parsed(schemas[type].params, data), means)
  return { type: requests[type].answer, data: result }
}

/** @throws AppError `invalid` with one issue per fault. */
function parsed<Params>(schema: z.ZodType<Params>, data: unknown): Params {
  const { success, data: params, error } = schema.safeParse(data ?? {})
  if (success) return params
  const [first] = error.issues
  const where = first?.path.join('.')
  const fault = where ? `${where}: ${first?.message}` : first?.message
  throw new AppError('invalid', `Cannot read the request: ${fault}`, { issues: error.issues })
}

function toDbError(error: AppError, yours: unknown): DbError {
  const { issues, stored } = error
  return {
    type: 'db_error',
    error: error.message,
    data: {
      code: DB_CODES.get(error.code) ?? 'internal',
      ...(issues && { issues: [...issues] }),
      ...(stored !== undefined && { stored, yours }),
    },
  }
}

/** Requests that change nothing. */
const IS_READING = /^(get_|locate_|search$)/

const DB_CODES = new Map<string, DbError['data']['code']>([
  ['not_found', 'not_found'],
  ['invalid', 'invalid'],
  ['conflict', 'conflict'],
])
