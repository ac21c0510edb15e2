import { type PROMPT_TEMPLATES } from '../../config.ts'
import { type ChatMessage } from '../contracts.ts'

/** How models without a chat API want to be told who said what. */
export type TemplateName = (typeof PROMPT_TEMPLATES)[number]

export interface RenderedPrompt {
  readonly prompt: string
  /** Texts with which the model would begin someone else's turn. */
  readonly stops: readonly string[]
}

type Role = 'system' | 'user' | 'assistant'

interface Template {
  /** One message, closed. */
  message(role: Role, text: string): string
  /** What stands before the reply. */
  readonly replyStart: string
  /** What closes a message of the assistant: left out when it is to be continued. */
  readonly replyEnd: string
  readonly stops: readonly string[]
  /** Whether system text has to stand at the beginning of the next thing the user says. */
  readonly hasSystem: boolean
}

const TEMPLATES: Readonly<Record<TemplateName, Template>> = {
  chatml: {
    message: (role, text) => `<|im_start|>${role}\n${text}<|im_end|>\n`,
    replyStart: '<|im_start|>assistant\n',
    replyEnd: '<|im_end|>\n',
    stops: ['<|im_end|>', '<|im_start|>'],
    hasSystem: true,
  },
  llama3: {
    message: (role, text) => `<|start_header_id|>${role}<|end_header_id|>\n\n${text}<|eot_id|>`,
    replyStart: '<|start_header_id|>assistant<|end_header_id|>\n\n',
    replyEnd: '<|eot_id|>',
    stops: ['<|eot_id|>', '<|start_header_id|>'],
    hasSystem: true,
  },
  mistral: {
    message: (role, text) => (role === 'assistant' ? ` ${text}</s>` : `[INST] ${text} [/INST]`),
    replyStart: '',
    replyEnd: '</s>',
    stops: ['</s>', '[INST]'],
    hasSystem: false,
  },
  gemma: {
    message: (role, text) =>
      `<start_of_turn>${role === 'assistant' ? 'model' : 'user'}\n${text}<end_of_turn>\n`,
    replyStart: '<start_of_turn>model\n',
    replyEnd: '<end_of_turn>\n',
    stops: ['<end_of_turn>', '<start_of_turn>'],
    hasSystem: false,
  },
  alpaca: {
    message: (role, text) => (role === 'system' ? `${text}\n\n` : `${ALPACA_HEADS[role]}${text}\n\n`),
    replyStart: '### Response:\n',
    replyEnd: '\n\n',
    stops: ['### Instruction:', '### Response:'],
    hasSystem: true,
  },
  vicuna: {
    message: (role, text) => (role === 'system' ? `${text}\n\n` : `${VICUNA_HEADS[role]} ${text}\n`),
    replyStart: 'ASSISTANT:',
    replyEnd: '\n',
    stops: ['USER:', 'ASSISTANT:'],
    hasSystem: true,
  },
  plain: {
    message: (_role, text) => `${text}\n`,
    replyStart: '',
    replyEnd: '\n',
    stops: [],
    hasSystem: true,
  },
}

const ALPACA_HEADS = { user: '### Instruction:\n', assistant: '### Response:\n' }
const VICUNA_HEADS = { user: 'USER:', assistant: 'ASSISTANT:' }

/**
 * Renders a conversation as one text, the reply open at its end. If the last message is the assistant's, it is the
 * beginning of the reply and is continued. The server adds the token that every text begins with.
 */
export function renderPrompt(name: TemplateName, messages: readonly ChatMessage[]): RenderedPrompt {
  const template = TEMPLATES[name]
  const turns = turnsOf(messages, template)
  const last = turns.at(-1)
  const text = turns.map(({ role, text: said }) => template.message(role, said)).join('')
  const isContinued = last?.role === 'assistant'
  const prompt = isContinued
    ? text.slice(0, text.length - template.replyEnd.length)
    : text + template.replyStart
  return { prompt, stops: template.stops }
}

interface TurnText {
  readonly role: Role
  readonly text: string
}

/** Neighbours of one role become one, and system text goes to the user where there is no place for it. */
function turnsOf(messages: readonly ChatMessage[], { hasSystem }: Template): TurnText[] {
  const turns: TurnText[] = []
  for (const message of messages) {
    const role = roleOf(message, hasSystem)
    const previous = turns.at(-1)
    if (previous?.role !== role) turns.push({ role, text: message.content })
    else turns.splice(-1, 1, { role, text: `${previous.text}\n\n${message.content}` })
  }
  return turns
}

function roleOf({ role }: ChatMessage, hasSystem: boolean): Role {
  if (role === 'tool') return 'user'
  return role === 'system' && !hasSystem ? 'user' : role
}
