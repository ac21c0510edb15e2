import { AppError } from '../../errors.ts'
import { type ModelSettings } from '#shared/entities.ts'
import { type GenerateRequest } from '../core/contract.ts'
import { type AudioFormat } from './audio-format.ts'
import { type ResponseWishes } from './client-events.ts'
import { type SessionConfig } from './session-config.ts'

/** What one response is to be: the session's settings with the response's own wishes. */
export interface ResponsePlan {
  /** Whether it belongs to the conversation, or stands beside it. */
  readonly isInConversation: boolean
  readonly isSpoken: boolean
  readonly instructions: string
  readonly tools: SessionConfig['tools']
  readonly toolChoice: SessionConfig['tool_choice']
  readonly maxOutputTokens: number | 'inf'
  readonly temperature: number | undefined
  readonly reasoning: SessionConfig['reasoning']
  readonly metadata: Readonly<Record<string, string>> | null
  readonly format: AudioFormat
  readonly voice: string
  readonly speed: number
}

export function planOf(session: SessionConfig, wishes: ResponseWishes = {}): ResponsePlan {
  const { output } = session.audio
  return {
    isInConversation: wishes.conversation !== 'none',
    isSpoken: (wishes.output_modalities ?? session.output_modalities).includes('audio'),
    instructions: wishes.instructions ?? session.instructions,
    tools: wishes.tools ?? session.tools,
    toolChoice: wishes.tool_choice ?? session.tool_choice,
    maxOutputTokens: wishes.max_output_tokens ?? session.max_output_tokens,
    temperature: wishes.temperature ?? session.temperature,
    reasoning: wishes.reasoning ?? session.reasoning,
    metadata: wishes.metadata ?? null,
    format: wishes.audio?.output?.format ?? output.format,
    voice: wishes.audio?.output?.voice ?? output.voice,
    speed: output.speed,
  }
}

/** What is asked of the model, but for the messages. */
export function requestOf(
  plan: ResponsePlan,
): Pick<GenerateRequest, 'settings' | 'stops' | 'tools' | 'toolChoice'> {
  const { tools, toolChoice } = plan
  return {
    settings: settingsOf(plan),
    stops: [],
    tools: tools.map(({ name, description, parameters }) => ({ name, description, parameters })),
    ...(tools.length === 0
      ? {}
      : { toolChoice: typeof toolChoice === 'string' ? toolChoice : { name: toolChoice.name } }),
  }
}

const EFFORTS = {
  none: 'none',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'high',
} as const

function settingsOf({ maxOutputTokens, temperature, reasoning }: ResponsePlan): ModelSettings {
  const effort = reasoning?.effort
  return {
    ...(maxOutputTokens === 'inf' ? {} : { max_tokens: maxOutputTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(effort ? { reasoning_effort: EFFORTS[effort] } : {}),
  }
}

/** @throws AppError `invalid` if it names a function that there is none of. */
export function checkToolChoice({ tools, toolChoice }: ResponsePlan): void {
  if (typeof toolChoice === 'string' || tools.some(({ name }) => name === toolChoice.name)) return
  throw new AppError('invalid', `There is no function "${toolChoice.name}" among the tools`)
}
