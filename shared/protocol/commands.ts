import { z } from 'zod'
import { ModelSettings } from '../entities.ts'

/** What a client may ask of the conversation. CRUD requests are in `requests.ts`. */

const None = z.object({})
const Key = z.string().min(1).max(200)

export const USER_MESSAGE_MAX_CHARACTERS = 32_000

export const ListeningMode = z.enum(['hands_free', 'push_to_talk'])
export type ListeningMode = z.infer<typeof ListeningMode>

export const commands = {
  ping: None,
  hello: z.object({
    resume_token: z.string().max(200).optional(),
    last_seq: z.number().int().min(0).optional(),
    conversation_id: Key.optional(),
    /** False: this client only reads. Nothing is spoken for it, and what it was sent counts as heard. Absent: as before. */
    has_sound: z.boolean().optional(),
  }),
  open_conversation: z.object({ conversation_id: Key }),
  user_message: z.object({
    /** Trimmed; an empty one is ignored. */
    text: z.string().trim().max(USER_MESSAGE_MAX_CHARACTERS),
    interrupt: z.boolean().optional(),
  }),
  start_listening: z.object({
    mode: ListeningMode.default('hands_free'),
    /** How long the user may be silent before they have finished. Absent: as the server is set. */
    pause_ms: z.number().int().min(100).max(5_000).optional(),
    /** False: what is said while somebody answers interrupts nobody and waits its turn. */
    barge_in: z.boolean().optional(),
  }),
  stop_listening: z.object({
    /** Push-to-talk was taken back: what was said is forgotten instead of committed. */
    discard: z.boolean().optional(),
  }),
  interrupt: z.object({
    /** What waits for its turn is forgotten too. */
    queued: z.boolean().optional(),
  }),
  audio_played: z.object({
    epoch: z.number().int().min(0),
    stream: z.number().int().min(0),
    /** How many samples of the stream have really been played. */
    samples: z.number().int().min(0),
  }),
  model_settings: ModelSettings,
  clear_history: None,
  refresh_characters: None,
  refresh_active_characters: None,
  regenerate_message: z.object({ message_id: Key }),
  continue_message: z.object({ message_id: Key.optional() }),
  /** The model writes the user's next line, into `impersonation` events. */
  impersonate: None,
  /** This character, or whoever is next, says something now. */
  next_turn: z.object({ character_id: Key.optional() }),
  speak_message: z.object({ message_id: Key }),
} as const satisfies Record<string, z.ZodType>

export type CommandType = keyof typeof commands
/** What a client sends. */
export type CommandInput<T extends CommandType> = z.input<(typeof commands)[T]>
/** What the server sees after validation. */
export type CommandData<T extends CommandType> = z.output<(typeof commands)[T]>
