import { type AssemblyInput } from '../../../../backend/prompt/prompt-input.ts'

export interface GoldenCase {
  readonly name: string
  readonly input: AssemblyInput
  /** Has to stand in the prompt, in this order. */
  readonly sees?: readonly string[]
  /** Must not stand in it. */
  readonly never?: readonly string[]
}
