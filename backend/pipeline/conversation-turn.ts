import { type Character, type Message } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { Channel } from '../lib/channel.ts'
import { performReply, openMessage, type ReplyDeps } from './reply.ts'
import { findResponders, type Responders } from './responders.ts'
import { SentenceSplitter } from './sentences.ts'
import { type SpeechItem } from './channel-items.ts'
import { type Turn } from './turn.ts'
import { type TurnQueue } from './turn-queue.ts'

export interface ConversationTurnDeps extends ReplyDeps {
  readonly queue: Pick<TurnQueue, 'announce' | 'finish'>
  /** The bounded channel to the voice. */
  readonly sentences: Channel<SpeechItem>
  /** Resolves when it is known how much was heard of what was interrupted last. */
  readonly memoryIsSettled: () => Promise<void>
  /** Tells the user, and lets the turn end as failed. */
  readonly onFailure: (turn: Turn, error: unknown) => void
}

export interface Asked {
  readonly text: string
  readonly isSpoken: boolean
  /** Resolves when the user's text is stored. */
  readonly stored: Promise<Message>
}

/**
 * Answers one user message: finds out who answers, lets each speak in turn, and sends the end marker behind the last
 * sentence.
 * @returns when the marker is on its way, or when the turn has been settled before that.
 * @throws what the store threw while the user's text was written; the turn has then not begun.
 */
export async function runUserTurn(deps: ConversationTurnDeps, turn: Turn, asked: Asked): Promise<void> {
  const message = await asked.stored
  if (turn.signal.aborted) {
    // Who would have answered is no longer asked: the user may be in another room by now.
    deps.queue.announce(turn, { user_message_id: message.message_id, responders: [] })
    return
  }
  const responders = await findResponders(deps, asked)
  deps.queue.announce(turn, {
    user_message_id: message.message_id,
    responders: responders.answering.map(named),
  })
  if (responders.answering.length === 0) {
    deps.onFailure(
      turn,
      new AppError('invalid', 'Nobody is here to answer; add a character to the conversation'),
    )
    deps.queue.finish(turn, 'failed')
    return
  }
  await deps.store.flush()
  await performReplies(deps, turn, responders)
}

/** Lets a character go on talking without being asked anything new. */
export async function runContinuation(deps: ConversationTurnDeps, turn: Turn, last: Message): Promise<void> {
  const cast = await deps.room.cast()
  const speaker = cast.find((character) => character.id === last.character_id)
  const answering = speaker ? [speaker] : cast.slice(0, 1)
  deps.queue.announce(turn, { user_message_id: last.message_id, responders: answering.map(named) })
  await performReplies(deps, turn, { cast, answering })
}

/** Says a stored message again: sound only. */
export async function runReplay(
  deps: ConversationTurnDeps,
  turn: Turn,
  said: { message: Message; speaker: Character },
): Promise<void> {
  const message = await openMessage(deps, turn, { speaker: said.speaker, replayOf: said.message })
  const splitter = new SentenceSplitter()
  const sentences = [...splitter.push(message.content), ...splitter.end()]
  for (const [index, sentence] of sentences.entries()) {
    await deps.sentences.send({ type: 'sentence', turn, message, sentence, index }, turn.signal)
  }
  await deps.sentences.send({ type: 'message_end', turn, message }, turn.signal)
  await deps.sentences.send({ type: 'turn_end', turn }, turn.signal)
}

async function performReplies(
  deps: ConversationTurnDeps,
  turn: Turn,
  { cast, answering }: Responders,
): Promise<void> {
  // Text is not held up by the voice: sentences wait in the turn, and enter the bounded channel one by one.
  using outbox = new Channel<SpeechItem>({ capacity: Infinity })
  const spoken = pump(outbox, deps.sentences, turn.signal)
  spoken.catch(() => {}) // Awaited below, where its failure counts; until then it must not float.
  try {
    await deps.memoryIsSettled()
    for (const speaker of answering) {
      if (turn.signal.aborted) break
      await performReply(deps, { turn, speaker, cast, outbox })
    }
  } catch (error) {
    if (!turn.signal.aborted) deps.onFailure(turn, error)
  }
  outbox.trySend({ type: 'turn_end', turn })
  outbox.close()
  await spoken
}

/** Hands items on until the turn is interrupted; what is left then goes with the turn. */
async function pump(from: Channel<SpeechItem>, to: Channel<SpeechItem>, signal: AbortSignal): Promise<void> {
  try {
    for await (const item of from) await to.send(item, signal)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function named(character: Character) {
  return { character_id: character.id, character_name: character.name }
}
