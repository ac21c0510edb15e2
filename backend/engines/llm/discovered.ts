import { type ModelInfo } from './model-info.ts'

/** What a server told of its models. */
export interface Discovery {
  readonly kind: 'ollama' | 'llama.cpp' | 'lm-studio' | 'other'
  readonly models: readonly DiscoveredModel[]
  /** Those of its list that do not chat. */
  readonly others?: readonly string[]
}

export interface DiscoveredModel extends ModelInfo {
  readonly id: string
}

/** What cannot be asked is simply not known. */
export async function asked(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer
  } catch {
    return undefined
  }
}
