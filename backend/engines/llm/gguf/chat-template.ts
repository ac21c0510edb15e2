import { readFile } from 'node:fs/promises'
import { AppError } from '../../../errors.ts'
import { type ChatWrapper, type LlamaLibrary, type LlamaModel } from './llama-types.ts'
import { type LoadOptions } from './load-options.ts'

export interface ChatForm {
  readonly chatWrapper: ChatWrapper
  /** As it would be written in the file, as far as it is known. */
  readonly chatTemplate: string | undefined
}

const JINJA = /\{[{%#]/u

/** Names by which llama-server knows templates, and what the library calls them. */
const NAMED: Readonly<Record<string, string>> = {
  chatml: 'chatML',
  llama2: 'llama2Chat',
  llama3: 'llama3',
  'mistral-v1': 'mistral',
  'mistral-v3': 'mistral',
  'mistral-v7': 'mistral',
  mistral: 'mistral',
  gemma: 'gemma',
  gemma4: 'gemma4',
  falcon3: 'falconChat',
  falcon: 'falconChat',
  deepseek3: 'deepSeek',
  deepseek: 'deepSeek',
  'gpt-oss': 'harmony',
  seed_oss: 'seed',
  qwen: 'qwen',
  alpaca: 'alpacaChat',
  plain: 'general',
}

/**
 * How conversations are written for a model: as was asked for, else as its file says.
 * @throws AppError `engine_unavailable` if that cannot be done.
 */
export async function chatForm(
  library: LlamaLibrary,
  model: LlamaModel,
  { chatTemplate, chatTemplatePath }: Pick<LoadOptions, 'chatTemplate' | 'chatTemplatePath'>,
): Promise<ChatForm> {
  const wanted = chatTemplatePath === undefined ? chatTemplate : await readTemplate(chatTemplatePath)
  if (wanted === undefined) {
    const own = model.fileInfo.metadata.tokenizer?.chat_template
    return { chatWrapper: library.resolveChatWrapper(model), chatTemplate: own }
  }
  if (!JINJA.test(wanted)) {
    return {
      chatWrapper: library.resolveChatWrapper(model, { type: named(wanted) }),
      chatTemplate: undefined,
    }
  }
  const options = {
    customWrapperSettings: { jinjaTemplate: { template: wanted } },
    fallbackToOtherWrappersOnJinjaError: false,
  }
  try {
    return { chatWrapper: library.resolveChatWrapper(model, options), chatTemplate: wanted }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('engine_unavailable', `The chat template makes no sense: ${reason}`, { cause: error })
  }
}

function named(name: string): string {
  const known = NAMED[name.toLowerCase()]
  if (known !== undefined) return known
  const names = Object.keys(NAMED).join(', ')
  throw new AppError(
    'engine_unavailable',
    `There is no chat template "${name}": give a Jinja template, or one of ${names}`,
  )
}

async function readTemplate(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new AppError('engine_unavailable', `The chat template "${path}" cannot be read; look where it is`, {
      cause: error,
    })
  }
}
