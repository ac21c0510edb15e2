import { type Scene } from '../../contracts.ts'

/** What `{…}` in a line may stand for. A line whose slot is not filled is not used. */
export type Slots = Readonly<Record<string, string | undefined>>

/** How many of the speaker's own last lines it avoids repeating. */
const REMEMBERED_LINES = 60

/**
 * Picks one of `lines` and fills its slots: one the speaker has not said lately; the same one for the same history.
 * @param salt tells apart choices made for the same reply.
 */
export function choose(
  scene: Scene,
  lines: readonly string[],
  { slots = {}, salt = 0 }: { slots?: Slots; salt?: number } = {},
): string {
  const own = scene.history.filter((line) => line.name === scene.speaker.name).slice(-REMEMBERED_LINES)
  const said = own.map((line) => line.text).join('\n')
  const usable = lines.filter((line) => filled(line, slots) !== undefined)
  const fresh = usable.filter((line) => !said.includes(gist(line)))
  const candidates = fresh.length > 0 ? fresh : longestAgo(usable, said)
  return filled(candidates[seedOf(scene, salt) % Math.max(1, candidates.length)] ?? '', slots) ?? ''
}

/** The half that was said longest ago, so that what must come again comes late. */
function longestAgo(lines: readonly string[], said: string): string[] {
  return lines
    .toSorted((one, other) => said.lastIndexOf(gist(one)) - said.lastIndexOf(gist(other)))
    .slice(0, Math.ceil(lines.length / 2))
}

/** The longest part of a line that is the same whatever its slots hold. */
function gist(line: string): string {
  return line.split(/\{\w+\}/u).reduce((longest, part) => (part.length > longest.length ? part : longest))
}

function filled(line: string, slots: Slots): string | undefined {
  let isComplete = true
  const text = line.replaceAll(/\{(\w+)\}/gu, (_, slot: string) => {
    const value = slots[slot]
    if (value === undefined || value === '') isComplete = false
    return value ?? ''
  })
  return isComplete ? text.slice(0, 1).toUpperCase() + text.slice(1) : undefined
}

function seedOf(scene: Scene, salt: number): number {
  let hash = 2_166_136_261 ^ (scene.history.length * 31 + salt)
  const last = scene.history.at(-1)?.text.slice(0, 80) ?? ''
  for (const character of `${scene.speaker.id}${last}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16_777_619)
  }
  return (hash ^ (hash >>> 13)) >>> 0
}
