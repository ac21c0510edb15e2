import { AppError } from '../../errors.ts'
import { type ClientEvent, type ClientEventOf } from './client-events.ts'
import { type Item, type ItemDraft, writtenItem } from './items.ts'
import { type ItemList } from './item-list.ts'
import { type Listener } from './listener.ts'
import { type Responses } from './responses.ts'
import { type Emit } from './server-events.ts'
import { type SessionConfig } from './session-config.ts'
import { type SessionPatch } from './session-schema.ts'

/** What client events are about. */
export interface SessionParts {
  readonly listener: Listener
  readonly responses: Responses
  readonly items: ItemList
  readonly config: SessionConfig
  readonly emit: Emit
  /** The session as its client is told. */
  written(): Record<string, unknown>
  /** @throws AppError `invalid` if something would change that cannot. */
  update(patch: SessionPatch): void
  drafted(draft: ItemDraft): Item
  insert(item: Item, previousId?: string | null): void
}

type Takers = { readonly [Type in ClientEvent['type']]: (event: ClientEventOf<Type>) => void }

/** What each client event does. */
export class ClientEvents {
  readonly #session: SessionParts
  readonly #takers: Takers

  constructor(session: SessionParts) {
    this.#session = session
    const { listener } = session
    this.#takers = {
      'session.update': ({ session: patch }) => {
        session.update(patch)
        session.emit({ type: 'session.updated', session: session.written() })
      },
      'input_audio_buffer.append': ({ audio }) => listener.append(audio),
      'input_audio_buffer.commit': () => listener.commit(),
      'input_audio_buffer.clear': () => {
        listener.clear()
        session.emit({ type: 'input_audio_buffer.cleared' })
      },
      // Where the server owns the loudspeaker. Here the client does; it is told that nothing more comes.
      'output_audio_buffer.clear': () => {
        const response_id = session.responses.cancel()
        session.emit({ type: 'output_audio_buffer.cleared', response_id })
      },
      'conversation.item.create': (event) => this.#create(event),
      'conversation.item.retrieve': (event) => this.#retrieve(event),
      'conversation.item.truncate': (event) => this.#truncate(event),
      'conversation.item.delete': ({ item_id }) => {
        session.items.remove(item_id)
        session.emit({ type: 'conversation.item.deleted', item_id })
      },
      'response.create': ({ response }) => this.#respond(response),
      'response.cancel': ({ response_id }) => void session.responses.cancel(response_id ?? undefined),
    }
  }

  /** @throws AppError: what cannot be done. */
  take(event: ClientEvent): void {
    // TypeScript cannot see that event and taker under one key belong together.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    const take = this.#takers[event.type] as (one: ClientEvent) => void
    take(event)
  }

  /** What OpenAI calls this refusal, where that differs from how its like is called elsewhere. */
  codeOf({ type }: ClientEvent, error: unknown): string | undefined {
    return error instanceof AppError ? CODES[`${type} ${error.code}`] : undefined
  }

  #create({ item: draft, previous_item_id }: ClientEventOf<'conversation.item.create'>): void {
    const { items } = this.#session
    if (draft.type === 'function_call_output') {
      const isCalled = items.all.some(
        (item) => item.type === 'function_call' && item.callId === draft.call_id,
      )
      if (!isCalled)
        throw new AppError('invalid', `There is no function call "${draft.call_id}" in this conversation`)
    }
    // Before anything is begun for it.
    if (draft.id !== undefined && items.find(draft.id)) {
      throw new AppError('conflict', `There is an item "${draft.id}" already`)
    }
    if (previous_item_id && previous_item_id !== 'root') items.get(previous_item_id)
    this.#session.insert(this.#session.drafted(draft), previous_item_id)
  }

  #retrieve({ item_id }: ClientEventOf<'conversation.item.retrieve'>): void {
    const { items, config, emit } = this.#session
    const { input, output } = config.audio
    const audio = { input: input.format, output: output.format }
    emit({ type: 'conversation.item.retrieved', item: writtenItem(items.get(item_id), { audio }) })
  }

  #truncate({ item_id, content_index, audio_end_ms }: ClientEventOf<'conversation.item.truncate'>): void {
    const { items, emit } = this.#session
    items.truncate(item_id, { contentIndex: content_index, endMs: audio_end_ms })
    emit({ type: 'conversation.item.truncated', item_id, content_index, audio_end_ms })
  }

  #respond(wishes: ClientEventOf<'response.create'>['response']): void {
    const { responses, config } = this.#session
    if (config.type === 'transcription') {
      throw new AppError('invalid', 'A transcription session answers nobody; open a realtime session')
    }
    responses.create(wishes ?? {})
  }
}

const CODES: Readonly<Record<string, string>> = {
  'input_audio_buffer.commit invalid': 'input_audio_buffer_commit_empty',
  'response.create conflict': 'conversation_already_has_active_response',
  'response.cancel invalid': 'response_cancel_not_active',
  'output_audio_buffer.clear invalid': 'response_cancel_not_active',
  'conversation.item.truncate invalid': 'invalid_value',
  'session.update invalid': 'invalid_value',
}
