import { type z } from 'zod'
import { takeToken } from '../../socket/token.ts'

/** A server that has refused is asked again after this long; a line that broke, the browser takes up itself. */
const RETRY_MS = 3_000

interface EventsOptions<Schema extends z.ZodType> {
  readonly path: string
  /** What is told; other things are passed over. */
  readonly event: Schema
  readonly onEvent: (event: z.output<Schema>) => void
  /** It begins, or begins anew. */
  readonly onOpen?: () => void
  /** Nothing is told at the moment. */
  readonly onLost?: () => void
}

/** Listens to what the server tells. @returns how to stop. */
export function followEvents<Schema extends z.ZodType>(options: EventsOptions<Schema>): () => void {
  let source: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function connect(): void {
    const line = new EventSource(addressOf(options.path))
    source = line
    line.addEventListener('open', () => options.onOpen?.())
    line.addEventListener('message', ({ data }: MessageEvent<string>) => {
      const event = options.event.safeParse(parsed(data))
      if (event.success) options.onEvent(event.data)
    })
    line.addEventListener('error', () => {
      options.onLost?.()
      if (line.readyState === EventSource.CLOSED) timer = setTimeout(connect, RETRY_MS)
    })
  }

  connect()
  return () => {
    clearTimeout(timer)
    source?.close()
  }
}

/** The browser sends no headers with this. */
function addressOf(path: string): string {
  const token = takeToken()
  return token === null ? path : `${path}?token=${encodeURIComponent(token)}`
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
