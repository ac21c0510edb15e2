import { type z } from 'zod'
import { type Config } from '../../config.ts'
import { AppError } from '../../errors.ts'
import { type AudioFormat, PCM } from './audio-format.ts'
import {
  type FunctionTool,
  type MaxOutputTokens,
  type NoiseReduction,
  type Reasoning,
  type SessionPatch,
  type ToolChoice,
  type Tracing,
  type Transcription,
  type Truncation,
  type TurnDetection,
  type TurnDetectionPatch,
} from './session-schema.ts'

/** What holds in a session. */
export interface SessionConfig {
  readonly type: 'realtime' | 'transcription'
  readonly output_modalities: readonly ('text' | 'audio')[]
  readonly instructions: string
  readonly tools: readonly z.infer<typeof FunctionTool>[]
  readonly tool_choice: ToolChoice
  readonly parallel_tool_calls: boolean
  readonly max_output_tokens: z.infer<typeof MaxOutputTokens>
  readonly temperature: number | undefined
  readonly reasoning: z.infer<typeof Reasoning> | null
  readonly tracing: z.infer<typeof Tracing>
  readonly truncation: z.infer<typeof Truncation>
  readonly include: readonly string[] | null
  readonly audio: {
    readonly input: {
      readonly format: AudioFormat
      readonly transcription: z.infer<typeof Transcription> | null
      readonly noise_reduction: z.infer<typeof NoiseReduction> | null
      readonly turn_detection: TurnDetection | null
    }
    readonly output: { readonly format: AudioFormat; readonly voice: string; readonly speed: number }
  }
}

export function defaultConfig(
  config: Defaults,
  { type, voice }: { type: SessionConfig['type']; voice: string },
): SessionConfig {
  return {
    type,
    output_modalities: ['audio'],
    instructions: '',
    tools: [],
    tool_choice: 'auto',
    parallel_tool_calls: true,
    max_output_tokens: 'inf',
    temperature: undefined,
    reasoning: null,
    tracing: null,
    truncation: 'auto',
    include: null,
    audio: {
      input: {
        format: PCM,
        transcription: type === 'transcription' ? {} : null,
        noise_reduction: null,
        turn_detection: withDefaults({ type: 'server_vad' }, config),
      },
      output: { format: PCM, voice, speed: 1 },
    },
  }
}

/**
 * What holds after an update: only what it names changes.
 * @throws AppError `invalid` if the kind of session would change.
 */
export function updated(current: SessionConfig, patch: SessionPatch, defaults: Defaults): SessionConfig {
  if (patch.type !== current.type) {
    throw new AppError(
      'invalid',
      `This is a ${current.type} session; it cannot become a ${patch.type} session`,
    )
  }
  const { audio, model: _model, prompt: _prompt, ...rest } = patch
  const { turn_detection, ...input } = audio?.input ?? {}
  return {
    ...current,
    ...withoutAbsent(rest),
    audio: {
      input: {
        ...current.audio.input,
        ...withoutAbsent(input),
        ...(turn_detection === undefined
          ? {}
          : { turn_detection: turnDetection(turn_detection, current, defaults) }),
      },
      output: { ...current.audio.output, ...withoutAbsent(audio?.output ?? {}) },
    },
  }
}

function turnDetection(
  patch: z.infer<typeof TurnDetectionPatch> | null,
  current: SessionConfig,
  defaults: Defaults,
): TurnDetection | null {
  if (patch === null) return null
  const before = current.audio.input.turn_detection
  return withDefaults(before?.type === patch.type ? { ...before, ...withoutAbsent(patch) } : patch, defaults)
}

function withDefaults(
  patch: z.infer<typeof TurnDetectionPatch>,
  { speech_threshold, end_of_turn_silence_ms }: Defaults,
): TurnDetection {
  const answering = { create_response: true, interrupt_response: true }
  if (patch.type === 'semantic_vad') return { eagerness: 'auto', ...answering, ...withoutAbsent(patch) }
  return {
    threshold: speech_threshold,
    prefix_padding_ms: 300,
    silence_duration_ms: end_of_turn_silence_ms,
    idle_timeout_ms: null,
    ...answering,
    ...withoutAbsent(patch),
  }
}

/** What a house sets for everybody. */
export type Defaults = Pick<Config, 'speech_threshold' | 'end_of_turn_silence_ms'>

type Present<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> }

/** `null` is a value; what is absent is none. */
function withoutAbsent<Fields extends object>(fields: Fields): Present<Fields> {
  // TypeScript cannot follow that what is taken out here was undefined.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as Present<Fields>
}
