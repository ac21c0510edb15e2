import { type ShallowRef } from 'vue'
import { type Message } from '#shared/entities.ts'
import { type EventData } from '#shared/protocol/events.ts'
import { type LiveReply, ToolUseNotes } from './live-reply.ts'
import { type PagesAt, ScriptPages } from './script-pages.ts'
import { SpokenStreams } from './spoken-streams.ts'
import { changeLine, detailsOf, isLocal, localLine, splitAtHeard, type Lines } from './transcript.ts'

/** The lines of the open conversation, as they stream, sound and are cut. */
export class Script {
  readonly pages = new ScriptPages()
  /** The newest lines, without a gap up to the end. */
  readonly lines: ShallowRef<Lines> = this.pages.lines
  readonly streams = new SpokenStreams()
  readonly #live = new Map<string, LiveReply>()
  readonly #toolUses = new ToolUseNotes()
  #localCount = 0

  /** @param count of all there are, of which these are the newest. */
  show(messages: readonly Message[], count = messages.length): void {
    this.#live.clear()
    this.streams.clear()
    this.pages.show(messages, count)
  }

  refresh(messages: readonly Message[]): void {
    this.#live.clear()
    this.pages.refresh(messages)
  }

  /** Takes from a message what is not its text: that may be newer here. */
  learn(message: Message): void {
    this.pages.change(message.message_id, detailsOf(message))
  }

  /** Another wording was chosen: what follows the old one is out of sight. */
  swap(message: Message): void {
    this.#live.delete(message.message_id)
    this.pages.put(message)
    this.pages.cutBehind(message.message_id)
  }

  find(id: string): Lines[number] | undefined {
    return this.pages.find(id)
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

  /** A new line, or another wording in the place of a known one: then what followed that is out of sight. */
  startReply(data: EventData<'text_stream_start'>): void {
    const { epoch, message_id: id, character_id: characterId, character_name: name } = data
    const { alternative_index: alternativeIndex, continues: base = '' } = data
    const known = this.find(id)
    const before = known === undefined ? null : this.pages.now
    this.#live.set(id, { epoch, text: base, base, before, hasSounded: false, isOver: false })
    const index = alternativeIndex ?? known?.alternativeIndex ?? 0
    const isSameWording = known?.alternativeIndex === index
    const line = known ?? emptyReply(id)
    if (!isSameWording) this.pages.cutBehind(id)
    this.pages.write({
      ...line,
      name,
      characterId,
      text: base,
      unheard: '',
      state: 'streaming',
      alternativeIndex: index,
      alternativeCount: Math.max(line.alternativeCount, index + 1),
      generation: null,
      toolUses: [...(isSameWording ? line.toolUses : []), ...this.#toolUses.take(id, epoch)],
    })
  }

  noteToolUse(data: EventData<'tool_use'>): void {
    const { message_id: id, epoch } = data
    const line = this.#live.get(id)?.epoch === epoch ? this.find(id) : undefined
    const uses = this.#toolUses.note(data, line?.toolUses)
    if (line !== undefined) this.#change(id, { toolUses: uses })
  }

  addText({ message_id: id, text }: EventData<'text_chunk'>): void {
    const reply = this.#live.get(id)
    if (reply !== undefined) this.#setText(id, reply, reply.text + text)
  }

  completeReply({ message_id: id, text }: EventData<'text_stream_stop'>): void {
    const reply = this.#live.get(id)
    if (reply === undefined) return
    this.#setText(id, reply, wholeOf(reply, text))
    this.#change(id, { state: 'complete' })
  }

  openSound(data: EventData<'audio_stream_start'>): void {
    this.streams.open(data, this.#live.get(data.message_id)?.base.length)
  }

  announceSound(chunk: EventData<'audio_chunk'>): void {
    const { message_id: id } = chunk
    this.streams.announce(chunk, this.#live.get(id)?.text ?? this.find(id)?.text ?? '')
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
    else if (this.find(messageId)?.state !== 'interrupted') {
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

  /**
   * @returns the replies of which the server knows more: those whose end was not seen although the turn was
   *   completed, and those that were to replace another wording and broke off.
   */
  endTurn({ epoch, outcome }: EventData<'turn_ended'>): string[] {
    const replies = [...this.#live].filter(([, reply]) => reply.epoch === epoch)
    const open = replies.filter(([id]) => this.find(id)?.state === 'streaming')
    const state = outcome === 'completed' ? 'complete' : outcome
    for (const [id] of open) this.#change(id, { state })
    for (const [id, reply] of replies) {
      if (reply.before !== null && reply.text === reply.base) this.#bringBack(id, reply.before)
    }
    this.pages.settleNewest()
    if (outcome === 'completed') return open.map(([id]) => id)
    return replies.filter(([, reply]) => reply.before !== null).map(([id]) => id)
  }

  /** Nothing came that could replace what was there. */
  #bringBack(id: string, before: PagesAt): void {
    this.#live.delete(id)
    this.pages.bringBack(before)
  }

  /** A cut line may be whole: the interruption came when everything had been heard. */
  #cut(id: string, reply: LiveReply, heardText: string): void {
    const { text, unheard } = splitAtHeard(reply.text, wholeOf(reply, heardText))
    const state = unheard.trim() === '' && reply.isOver ? 'complete' : 'interrupted'
    this.#change(id, { text, unheard, state, sounding: null, heardUntil: null })
  }

  #setText(id: string, reply: LiveReply, text: string): void {
    reply.text = text
    this.#change(id, { text })
  }

  #change(id: string, change: Partial<Lines[number]>): void {
    this.pages.change(id, change)
  }
}

/** With what the reply goes on from. */
function wholeOf({ base }: LiveReply, text: string): string {
  return text.startsWith(base) ? text : base + text
}

function emptyReply(id: string): Lines[number] {
  const createdAt = new Date().toISOString()
  return { ...localLine({ number: 0, text: '', isSpoken: false, createdAt }), id, role: 'assistant' }
}
