export interface ExampleNames {
  /** What the speaker is called, and every name its card may call it by. */
  readonly speaker: string
  readonly speakerNames: readonly string[]
  readonly user: string
  readonly userNames: readonly string[]
  readonly others: readonly string[]
}

/**
 * The dialogues of a card that show how its character talks, one text each, every turn beginning with a name of this
 * conversation. What cannot be read as a dialogue stays as it is.
 * @param text macros carried out.
 */
export function exampleBlocks(text: string, names: ExampleNames): readonly string[] {
  return text
    .split(/<START>/i)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((block) => readBlock(block, knownNames(names)))
}

function knownNames({ speaker, speakerNames, user, userNames, others }: ExampleNames) {
  const known = new Map<string, string>()
  for (const other of others) known.set(other.toLowerCase(), other)
  for (const name of ['{{user}}', '<user>', user, ...userNames]) known.set(name.toLowerCase(), user)
  for (const name of ['{{char}}', '<bot>', speaker, ...speakerNames]) known.set(name.toLowerCase(), speaker)
  return known
}

function readBlock(block: string, names: ReadonlyMap<string, string>): string {
  return block
    .split(/\r?\n/)
    .map((line) => {
      const colon = line.indexOf(':')
      const name = colon > 0 ? names.get(line.slice(0, colon).trim().toLowerCase()) : undefined
      return name === undefined ? line.trimEnd() : `${name}: ${line.slice(colon + 1).trim()}`
    })
    .join('\n')
}
