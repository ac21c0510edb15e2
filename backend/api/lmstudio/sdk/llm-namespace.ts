import { z } from 'zod'
import { type LmStudioDoor } from '../lmstudio-deps.ts'
import { History, messagesOf } from './history.ts'
import { Models, Specifier } from './model-namespace.ts'
import { type ChannelHandler, type Namespace, read, type Rpc } from './namespace.ts'
import { predict } from './predict.ts'

const ApplyPromptTemplate = z.object({ specifier: Specifier, history: History })

/** The SDK's `/llm`. */
export function llmNamespace(door: LmStudioDoor): Namespace {
  const models = new Models(door, 'llm')
  const { rpcs, channels } = models.namespace
  return {
    rpcs: new Map<string, Rpc>([...rpcs, ['applyPromptTemplate', applyPromptTemplate]]),
    channels: new Map<string, ChannelHandler>([
      ...channels,
      ['predict', (parameter, channel) => predict({ door, models }, parameter, channel)],
    ]),
  }
}

/** Programs count what comes of it. The model's own template is its server's; most are as long as this one. */
const applyPromptTemplate: Rpc = async (parameter) => {
  const { history } = read(ApplyPromptTemplate, parameter)
  const turns = messagesOf(history).map(({ role, parts }) => {
    const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
    return `<|im_start|>${role}\n${text}<|im_end|>\n`
  })
  return { formatted: `${turns.join('')}<|im_start|>assistant\n` }
}
