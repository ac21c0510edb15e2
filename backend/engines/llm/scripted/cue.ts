import { type Scene, type SceneLine } from '../../contracts.ts'
import { choose } from './choose.ts'
import { type Fact, factsOf } from './facts.ts'
import { plainWords, withoutAddress } from './heard.ts'
import { personaOf } from './personas/personas.ts'
import { type Moment, type Persona } from './personas/persona.ts'

export interface Circumstances {
  readonly date: Date
  /** Varies what is said to the same history; 0 … 1. */
  readonly variation: number
}

/** Everything a reply depends on. */
export interface Cue {
  readonly scene: Scene
  readonly persona: Persona
  readonly date: Date
  readonly salt: number
  /** What the user said last, as it came. */
  readonly said: string
  /** The same as plain words. */
  readonly allWords: string
  /** Without greeting and names. */
  readonly words: string
  /** Everything known of the user, newest first, and what is new in it since the last line. */
  readonly facts: readonly Fact[]
  readonly told: readonly Fact[]
  readonly userName: string | undefined
  readonly others: readonly string[]
  /** Another character who has already answered the same line. */
  readonly otherWhoSpoke: string | undefined
  /** The speaker's own last line. */
  readonly ownLast: string
  /** Whether the speaker spoke last: it is to go on, not to answer. */
  readonly isGoingOn: boolean
}

export function cueOf(scene: Scene, { date, variation }: Circumstances): Cue {
  const { history, speaker, cast } = scene
  const lastUser = history.findLastIndex((line) => line.speaker === 'user')
  const said = history[lastUser]?.text ?? ''
  const names = cast.map(({ name }) => name)
  const before = factsOf(history.slice(0, Math.max(0, lastUser)), names)
  const facts = factsOf(history.slice(0, lastUser + 1), names)
  const since = lastUser === -1 ? [] : history.slice(lastUser + 1)
  const allWords = plainWords(said)
  return {
    scene,
    persona: personaOf(speaker),
    date,
    salt: Math.floor(variation * 997),
    said,
    allWords,
    words: withoutAddress(allWords, names),
    facts,
    told: facts.slice(0, facts.length - before.length),
    userName: facts.find(({ about }) => about === 'name')?.value,
    others: cast.filter(({ id }) => id !== speaker.id).map(({ name }) => name),
    otherWhoSpoke: since.findLast((line) => line.name !== speaker.name)?.name,
    ownLast: ownLast(history, speaker.name),
    isGoingOn: since.at(-1)?.name === speaker.name,
  }
}

/** One of the persona's lines for the moment. */
export function say(
  cue: Cue,
  moment: Moment,
  slots: Readonly<Record<string, string | undefined>> = {},
): string {
  return sayOneOf(cue, cue.persona[moment], slots)
}

export function sayOneOf(
  cue: Cue,
  lines: readonly string[],
  slots: Readonly<Record<string, string | undefined>> = {},
): string {
  const known = { self: cue.scene.speaker.name, name: cue.userName, others: listed(cue.others), ...slots }
  return choose(cue.scene, lines, { slots: known, salt: cue.salt })
}

/** When another character has given the same answer already. */
export function seconded(cue: Cue): string | undefined {
  return cue.otherWhoSpoke === undefined ? undefined : say(cue, 'second', { other: cue.otherWhoSpoke })
}

/** A word on what another character said just before. */
export function ledIn(cue: Cue, reply: string): string {
  if (cue.otherWhoSpoke === undefined) return reply
  return `${say(cue, 'afterOther', { other: cue.otherWhoSpoke })} ${reply}`
}

function ownLast(history: readonly SceneLine[], name: string): string {
  return history.findLast((line) => line.speaker === 'character' && line.name === name)?.text ?? ''
}

function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}
