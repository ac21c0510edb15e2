import { randomUUID } from 'node:crypto'
import { type Character, type Message, type ToolUse } from '#shared/entities.ts'
import {
  type ReplyEvent,
  type ReplyRequest,
  type Synthesizer,
  type ToolCallRequest,
} from '../engines/contracts.ts'
import { AppError } from '../errors.ts'
import { type Channel } from '../lib/channel.ts'
import { type PromptMode } from '../prompt/prompt-input.ts'
import { type Following, type Store } from '../store/contract.ts'
import { type ToolBox } from '../tools/tool-box.ts'
import { ask, type AskModelDeps, question } from './ask-model.ts'
import { type SpeechItem } from './channel-items.ts'
import { lineOf } from './message-line.ts'
import { MessageReader } from './message-reader.ts'
import { type Playback } from './playback.ts'
import { ReplyWriter } from './reply-writer.ts'
import { withTools } from './tool-rounds.ts'
import { TextStream } from './text-stream.ts'
import { type TurnGate } from './turn-gate.ts'
import { type Speaker, type SpokenMessage, type Turn } from './turn.ts'
import { quotesSpeech, voicesOf } from './speaking-voices.ts'

export interface ReplyDeps extends AskModelDeps {
  readonly synthesizer: Synthesizer
  readonly store: Store
  readonly playback: Playback
  readonly gate: TurnGate
  readonly tools: ToolBox
  /** 0 … 1 */
  readonly random: () => number
}

export interface Part {
  readonly turn: Turn
  readonly speaker: Character
  readonly cast: readonly Character[]
  /** Where the turn's sentences go. */
  readonly outbox: Channel<SpeechItem>
  /** A stored message that gets another wording, or goes on in one. */
  readonly again?:
    | {
        readonly message: Message
        readonly how: 'regenerate' | 'continue'
        readonly following: Following
      }
    | undefined
  /** Nobody asked: the characters talk among themselves. */
  readonly isUnasked?: boolean
}

export interface Performed {
  readonly message: SpokenMessage
  /** Whom the model began to speak for: it was cut there. */
  readonly handsOverTo: Character | undefined
}

/**
 * One character's part of a turn: streams its reply as text, hands every sentence on as it completes, and stores the
 * whole before it says that it is whole.
 * @throws what the model or the store threw; what was said until then is stored and will be spoken.
 */
export async function performReply(deps: ReplyDeps, part: Part): Promise<Performed> {
  const { turn, outbox } = part
  const message = await openMessage(deps, turn, part)
  const text = new TextStream(deps, message)
  text.start()
  try {
    const handsOverTo = await writeReply(deps, part, { message, text })
    return { message, handsOverTo }
  } finally {
    outbox.trySend({ type: 'message_end', turn, message })
    // Whoever streams it has its end, whether or not it could be stored.
    await deps.history.addReply(message).finally(() => text.end())
  }
}

/** A message of the turn that is about to be spoken: a new one, a stored one once more, or another wording of one. */
export async function openMessage(
  deps: Pick<ReplyDeps, 'store' | 'room' | 'playback' | 'synthesizer' | 'link'>,
  turn: Turn,
  said: { readonly speaker: Character; readonly replayOf?: Message } & Pick<Part, 'again'>,
): Promise<SpokenMessage> {
  const { replayOf, again } = said
  const before = again?.how === 'continue' ? again.message.content : ''
  const message: SpokenMessage = {
    turn,
    messageId: (replayOf ?? again?.message)?.message_id ?? randomUUID(),
    conversationId: deps.room.conversationId,
    speaker: await speakerOf(deps, said.speaker),
    alternativeIndex: again?.message.alternative_count,
    following: again?.following,
    stream: deps.playback.nextStream(),
    sampleRate: deps.synthesizer.sampleRate,
    content: replayOf?.content ?? before,
    writtenBefore: before.length,
    shownLength: before.length,
    reader: readerFor(said.speaker, before),
    isOnlyRead: deps.link.hasSound === false,
    generation: null,
    toolUses: [],
    isWritten: replayOf !== undefined,
    sentences: [],
    sentSamples: 0,
    sentFrames: 0,
    playsUntilMs: 0,
    held: undefined,
    playedSamples: 0,
    isPlaybackReported: false,
    isReplay: replayOf !== undefined,
  }
  turn.messages.push(message)
  deps.playback.follow(message)
  return message
}

function readerFor(speaker: Character, before: string): MessageReader {
  return new MessageReader({ speaking: speaker.speaking, quotesSpeech: quotesSpeech(speaker), before })
}

async function speakerOf(
  deps: Pick<ReplyDeps, 'store' | 'synthesizer'>,
  character: Character,
): Promise<Speaker> {
  const voices = await deps.store.voices.list()
  const { id, name } = character
  return { id, name, voices: voicesOf(character, voices, deps.synthesizer) }
}

interface Written {
  readonly message: SpokenMessage
  readonly text: TextStream
}

/** A model that speaks for others only is asked once more; then its silence is accepted. */
const ATTEMPTS = 2

/** @returns for whom the model began to speak. */
async function writeReply(deps: ReplyDeps, part: Part, written: Written): Promise<Character | undefined> {
  const { message } = written
  const { again } = part
  const before = again?.message.message_id
  const unfinished = again?.how === 'continue' ? again.message : undefined
  for (let attempt = 0; ; attempt++) {
    const { prompt, request } = await question(deps, {
      ...part,
      mode: modeOf(part),
      before,
      unfinished,
      attempt,
    })
    const writer = new ReplyWriter(
      deps,
      { ...part, userName: prompt.userName, modelId: prompt.modelId },
      written,
    )
    for await (const event of answerTo(deps, part, { request, writer, message })) {
      writer.take(event)
      if (writer.isFull) break
    }
    const hasSpoken = writer.end()
    if (!hasSpoken && writer.isCut && attempt + 1 < ATTEMPTS) {
      message.content = message.content.slice(0, message.writtenBefore)
      continue
    }
    message.content = message.content.trimEnd()
    message.isWritten = true
    if (!hasSpoken && !(writer.isCut && part.cast.length > 1)) {
      throw new AppError(
        'engine_failed',
        `The language model "${deps.model.name}" answered without a word; try again`,
      )
    }
    return writer.handsOverTo
  }
}

/** What the model says, with the tools it uses on the way: those run only for a turn that is really under way. */
function answerTo(
  deps: ReplyDeps,
  { turn, speaker }: Part,
  { request, writer, message }: { request: ReplyRequest; writer: ReplyWriter; message: SpokenMessage },
): AsyncIterable<ReplyEvent> {
  const { clock, random, room, gate } = deps
  if (!request.tools) return ask(deps, turn, request)
  const tell = (call: ToolCallRequest, use?: ToolUse): void => {
    const outcome = use ? { result: use.result, is_error: use.is_error } : {}
    const told = { call_id: call.id, name: call.name, arguments: use?.arguments ?? {}, ...outcome }
    gate.send(turn, { type: 'tool_use', data: { ...lineOf(message), ...told } })
  }
  const { conversationId } = room
  const context = { characterId: speaker.id, conversationId, clock, random, enabledTools: speaker.tools }
  return withTools(
    {
      tools: deps.tools,
      context,
      characterName: speaker.name,
      signal: turn.signal,
      ask: (next) => ask(deps, turn, next),
      onFiller: (sentence) => writer.say(sentence),
      onRound: () => writer.beginAnew(),
      onCall: tell,
      onUse: (call, use) => {
        message.toolUses.push(use)
        tell(call, use)
      },
    },
    request,
  )
}

function modeOf({ again, isUnasked }: Part): PromptMode {
  if (again?.how === 'continue') return 'continue'
  return isUnasked ? 'auto' : 'reply'
}
