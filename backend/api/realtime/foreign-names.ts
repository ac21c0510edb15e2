/** Names that only OpenAI has: whoever asks for them gets who is here. */
export function isForeignModel(name: string): boolean {
  return /^gpt-(?:4o-)?(?:mini-)?(?:realtime|audio)/i.test(name)
}
