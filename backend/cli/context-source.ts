/** A text that is read when its turn comes, and only as far as there is room for it. */
export interface ContextSource {
  readonly name: string
  /** @returns undefined if it is no text. */
  read(maxCharacters: number): Promise<string | undefined>
}
