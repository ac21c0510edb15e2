import { type Character, type Message } from '#shared/entities.ts'
import { AppError } from '../errors.ts'
import { Channel } from '../lib/channel.ts'
import { openMessage, type Part, type Performed, performReply, type ReplyDeps } from './reply.ts'
import { findNextSpeaker, findResponders, type Responders } from './responders.ts'
import { SentenceSplitter } from './sentences.ts'
import { type SpeechItem } from './channel-items.ts'
import { type Turn } from './turn.ts'
import { type TurnQueue } from './turn-queue.ts'

export interface ConversationTurnDeps extends ReplyDeps {
  readonly queue: Pick<TurnQueue, 'announce' | 'finish'>
  /** 0 … 1: who speaks when several might. */
  readonly random: () => number
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
  deps.history.begin(message.message_id)
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
  if (responders.cast.length === 0) {
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

/** Says a message of a character once more in other words, or goes on with it. */
export async function runAgain(
  deps: ConversationTurnDeps,
  turn: Turn,
  again: NonNullable<Part['again']>,
): Promise<void> {
  const cast = await deps.room.cast()
  const { message } = again
  const speaker = await deps.store.characters.get(message.character_id ?? '')
  const everyone = cast.some(({ id }) => id === speaker.id) ? cast : [...cast, speaker]
  deps.queue.announce(turn, { user_message_id: message.message_id, responders: [named(speaker)] })
  await performReplies(deps, turn, { cast: everyone, answering: [speaker], again })
}

/** Lets a character speak though nobody asked: the one named, or whose turn it is. */
export async function runUnaskedTurn(
  deps: ConversationTurnDeps,
  turn: Turn,
  characterId?: string,
): Promise<void> {
  const { room, history, queue } = deps
  const cast = await room.cast()
  const last = (await history.lines(room.conversationId, 1)).at(-1)
  const lastLine = last ? { text: last.content, speakerId: last.character_id } : undefined
  const next =
    cast.find((character) => character.id === characterId) ??
    (await findNextSpeaker(deps, cast, lastLine)) ??
    cast[0]
  queue.announce(turn, { user_message_id: last?.message_id ?? '', responders: next ? [named(next)] : [] })
  await performReplies(deps, turn, { cast, answering: next ? [next] : [], isUnasked: true })
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

interface Performance extends Responders, Pick<Part, 'again' | 'isUnasked'> {}

async function performReplies(
  deps: ConversationTurnDeps,
  turn: Turn,
  { answering, cast, isUnasked = false, again }: Performance,
): Promise<void> {
  // Text is not held up by the voice: sentences wait in the turn, and enter the bounded channel one by one.
  using outbox = new Channel<SpeechItem>({ capacity: Infinity })
  const spoken = pump(outbox, deps.sentences, turn.signal)
  spoken.catch(() => {}) // Awaited below, where its failure counts; until then it must not float.
  try {
    await deps.memoryIsSettled()
    const part = { turn, cast, outbox, isUnasked, again }
    let last: Performed | undefined
    for (const speaker of answering) {
      if (turn.signal.aborted) break
      last = await performReply(deps, { ...part, speaker })
    }
    if (last && !again) await talkAmongThemselves(deps, { ...part, isUnasked: true }, last)
  } catch (error) {
    if (!turn.signal.aborted) deps.onFailure(turn, error)
  }
  outbox.trySend({ type: 'turn_end', turn })
  outbox.close()
  await spoken
}

/** After the user's turn the characters may go on, each when the voice has caught up with those before. */
async function talkAmongThemselves(
  deps: ConversationTurnDeps,
  part: Omit<Part, 'speaker'>,
  first: Performed,
): Promise<void> {
  const { turn, cast, outbox } = part
  const { autoContinueTurns } = await deps.room.manners()
  let last = first
  for (let turns = 0; turns < autoContinueTurns; turns++) {
    await outbox.idle(turn.signal)
    const { content, writtenBefore, speaker } = last.message
    const lastLine = { text: content.slice(writtenBefore), speakerId: speaker.id }
    const next = last.handsOverTo ?? (await findNextSpeaker(deps, cast, lastLine))
    // Whoever has something to say meanwhile need not wait for all of them.
    if (!next || turn.signal.aborted || deps.history.unanswered.size > 0) return
    last = await performReply(deps, { ...part, speaker: next })
  }
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
