import { shallowRef, type ShallowRef } from 'vue'
import { type Message } from '#shared/entities.ts'
import { type EventData } from '#shared/protocol/events.ts'
import { SpokenStreams } from './spoken-streams.ts'
import { type Stage } from './stage.ts'
import {
  changeLine,
  isLocal,
  lineOf,
  localLine,
  prependPage,
  putLine,
  refreshed,
  removeLine,
  splitAtHeard,
  type Lines,
} from './transcript.ts'

/** A reply of a turn that this client has seen begin. */
interface LiveReply {
  readonly epoch: number
  /** All of its text, whether heard or not. */
  text: string
  hasSounded: boolean
  /** It was heard to its end: no interruption takes anything from it any more. */
  isOver: boolean
}

/** The lines of the open conversation, as they stream, sound and are cut. */
export class Script {
  readonly lines: ShallowRef<Lines> = shallowRef([])
  readonly streams = new SpokenStreams()
  readonly #live = new Map<string, LiveReply>()
  #localCount = 0

  show(messages: readonly Message[]): void {
    this.#live.clear()
    this.streams.clear()
    this.lines.value = messages.map(lineOf)
  }

  refresh(messages: readonly Message[]): void {
    this.#live.clear()
    this.lines.value = refreshed(this.lines.value, messages)
  }

  prepend(messages: readonly Message[]): void {
    this.lines.value = prependPage(this.lines.value, messages)
  }

  put(message: Message): void {
    this.lines.value = putLine(this.lines.value, lineOf(message))
  }

  remove(messageId: string): void {
    this.lines.value = removeLine(this.lines.value, messageId)
  }

  /** @returns the id of a line that holds what the user said until the server has named it. */
  addLocal(text: string, isSpoken: boolean): string {
    this.#localCount += 1
    const line = localLine({
      number: this.#localCount,
      text,
      isSpoken,
      createdAt: new Date().toISOString(),
    })
    this.lines.value = [...this.lines.value, line]
    return line.id
  }

  failLocal(id: string): void {
    this.lines.value = changeLine(this.lines.value, id, { state: 'failed' })
  }

  /** The server has named what the user said. What was spoken has cut in, so it comes before what waits. */
  nameLocal(messageId: string): string | undefined {
    if (this.lines.value.some(({ id }) => id === messageId)) return undefined
    const waiting = this.lines.value.filter((line) => isLocal(line) && line.state === 'sending')
    const line = waiting.find(({ isSpoken }) => isSpoken) ?? waiting[0]
    if (line === undefined) return undefined
    this.lines.value = changeLine(this.lines.value, line.id, { id: messageId, state: 'complete' })
    return line.id
  }

  startReply(data: EventData<'text_stream_start'>): void {
    const { epoch, message_id: id, character_id: characterId, character_name: name } = data
    this.#live.set(id, { epoch, text: '', hasSounded: false, isOver: false })
    this.lines.value = putLine(this.lines.value, {
      ...localLine({ number: 0, text: '', isSpoken: false, createdAt: new Date().toISOString() }),
      id,
      role: 'assistant',
      name,
      characterId,
      state: 'streaming',
    })
  }

  addText({ message_id: id, text }: EventData<'text_chunk'>): void {
    const reply = this.#live.get(id)
    if (reply !== undefined) this.#setText(id, reply, reply.text + text)
  }

  completeReply({ message_id: id, text }: EventData<'text_stream_stop'>): void {
    const reply = this.#live.get(id)
    if (reply === undefined) return
    this.#setText(id, reply, text)
    this.#change(id, { state: 'complete' })
  }

  announceSound(chunk: EventData<'audio_chunk'>): void {
    const { message_id: id } = chunk
    this.streams.announce(chunk, this.#live.get(id)?.text ?? this.#find(id)?.text ?? '')
  }

  /** Marks what is being heard. @returns who is heard. */
  follow(position: Parameters<SpokenStreams['heard']>[0]): string | undefined {
    const heard = this.streams.heard(position)
    if (heard === undefined) return undefined
    const { messageId, sounding, heardUntil, isFinal } = heard
    const reply = this.#live.get(messageId)
    if (reply !== undefined && position.samples > 0) reply.hasSounded = true
    if (reply !== undefined && isFinal) reply.isOver = true
    if (isFinal) this.#change(messageId, { sounding: null, heardUntil: null })
    else if (this.#find(messageId)?.state !== 'interrupted') {
      this.#change(messageId, { sounding, heardUntil })
    }
    return heard.characterId
  }

  /** The user has cut in: what was not heard yet never will be. */
  interrupt({ epoch, message_id: cutId, heard_text: heardText }: EventData<'interrupt_ack'>): void {
    for (const [id, reply] of this.#live) {
      if (reply.epoch > epoch || (reply.isOver && id !== cutId)) continue
      if (id === cutId && heardText !== undefined) this.#cut(id, reply, heardText)
      else if (!reply.hasSounded && this.streams.hasSound(reply.epoch)) this.#cut(id, reply, '')
      else this.#change(id, { state: 'interrupted', sounding: null, heardUntil: null })
    }
  }

  /** The server has learned exactly how much was heard. */
  truncate({ message_id: id, heard_text: heardText }: EventData<'history_truncated'>): void {
    const reply = this.#live.get(id)
    if (reply !== undefined) this.#cut(id, reply, heardText)
  }

  /** @returns the replies whose end was not seen although the turn was completed. */
  endTurn({ epoch, outcome }: EventData<'turn_ended'>): string[] {
    const open = [...this.#live].filter(
      ([id, reply]) => reply.epoch === epoch && this.#find(id)?.state === 'streaming',
    )
    const state = outcome === 'completed' ? 'complete' : outcome
    for (const [id] of open) this.#change(id, { state })
    return outcome === 'completed' ? open.map(([id]) => id) : []
  }

  /** A cut line may be whole: the interruption came when everything had been heard. */
  #cut(id: string, reply: LiveReply, heardText: string): void {
    const { text, unheard } = splitAtHeard(reply.text, heardText)
    const state = unheard.trim() === '' && reply.isOver ? 'complete' : 'interrupted'
    this.#change(id, { text, unheard, state, sounding: null, heardUntil: null })
  }

  #setText(id: string, reply: LiveReply, text: string): void {
    reply.text = text
    this.#change(id, { text })
  }

  #find(id: string): Lines[number] | undefined {
    return this.lines.value.findLast((line) => line.id === id)
  }

  #change(id: string, change: Partial<Lines[number]>): void {
    this.lines.value = changeLine(this.lines.value, id, change)
  }
}

/** Lets the server's events write the script. */
export function followScript(script: Script, { client, playback }: Stage): void {
  client.on('text_stream_start', ({ data }) => script.startReply(data))
  client.on('text_chunk', ({ data }) => script.addText(data))
  client.on('text_stream_stop', ({ data }) => script.completeReply(data))
  client.on('audio_stream_start', ({ data }) => script.streams.open(data))
  client.on('audio_chunk', ({ data }) => script.announceSound(data))
  client.on('interrupt_ack', ({ data }) => script.interrupt(data))
  client.on('history_truncated', ({ data }) => script.truncate(data))
  playback.onReport(({ positions }) => {
    for (const position of positions) script.follow(position)
  })
}
