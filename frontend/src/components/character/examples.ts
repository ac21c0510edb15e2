/** One turn of an example, as it is shown. */
interface ExampleTurn {
  /** Null: what stands before anybody speaks. */
  readonly who: 'character' | 'user' | 'other' | null
  readonly name: string
  readonly text: string
}

interface Names {
  readonly character: string
  readonly nickname?: string
  readonly user: string
}

const OWN = new Set(['{{char}}', '<bot>', '<char>'])
const USER = new Set(['{{user}}', '<user>'])

/**
 * The example exchanges of a card: blocks behind `<START>`, turns that begin with a name and a colon. What is no turn
 * stays as it is written.
 */
export function examplesIn(text: string, names: Names): ExampleTurn[][] {
  return text
    .split(/<START>/gi)
    .map((block) => block.trim())
    .filter((block) => block !== '')
    .map((block) => turnsIn(block, names))
}

function turnsIn(block: string, names: Names): ExampleTurn[] {
  const turns: ExampleTurn[] = []
  for (const line of block.split(/\r?\n/)) {
    const begun = turnIn(line, names)
    const last = turns.at(-1)
    if (begun !== null) turns.push(begun)
    else if (last === undefined) turns.push({ who: null, name: '', text: line })
    else turns[turns.length - 1] = { ...last, text: `${last.text}\n${line}` }
  }
  return turns.map((turn) => ({ ...turn, text: turn.text.trim() }))
}

function turnIn(line: string, { character, nickname = '', user }: Names): ExampleTurn | null {
  const colon = line.indexOf(':')
  if (colon < 1 || colon > 80) return null
  const name = line.slice(0, colon).trim()
  const plain = name.toLowerCase()
  const text = line.slice(colon + 1).trim()
  const isOwn =
    OWN.has(plain) || [character, nickname].some((one) => one !== '' && one.toLowerCase() === plain)
  if (isOwn) return { who: 'character', name: character, text }
  if (USER.has(plain) || plain === user.toLowerCase()) return { who: 'user', name: user, text }
  // A third one: a name alone before the colon, not a sentence.
  return /^\p{Lu}[\p{L}\p{N}'’ -]{0,40}$/u.test(name) ? { who: 'other', name, text } : null
}
