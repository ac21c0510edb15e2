import { type Talkable } from '../core/contract.ts'
import { keepAliveMs } from './duration.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { nanoseconds, type ReplyShape } from './reply-lines.ts'

interface Asked {
  readonly shape: ReplyShape
  readonly talkable: Talkable
  readonly keepAlive: number | string | null | undefined
  readonly signal: AbortSignal
}

/**
 * Who says nothing wants the model to be loaded, or gone if it is to be kept for no time at all. Answered in one piece,
 * streaming or not: programs that free memory this way do not read lines.
 */
export async function answerLoad({ residence }: OllamaDoor, asked: Asked): Promise<object> {
  const { shape, talkable, keepAlive, signal } = asked
  const keepMs = keepAliveMs(keepAlive)
  const whole = { ...shape.head(), ...shape.text(''), done: true }
  if (keepMs === 0) {
    await residence.unload(talkable)
    return { ...whole, done_reason: 'unload' }
  }
  const tookMs = await residence.load(talkable, signal)
  residence.use(talkable, keepMs)
  return {
    ...whole,
    done_reason: 'load',
    total_duration: nanoseconds(tookMs),
    load_duration: nanoseconds(tookMs),
  }
}
