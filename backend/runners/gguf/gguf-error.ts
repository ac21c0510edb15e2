/** Why a file is not a usable GGUF file. Its message is a sentence for people. */
export class GgufError extends Error {
  override readonly name = 'GgufError'
}
