import { estimateTokenCount } from 'tokenx'
import { type Character } from '#shared/entities.ts'

const TAGLINE_CHARACTERS = 160
/** Of the text before it: what stands in the first lines of a description. */
const READ_CHARACTERS = 600

/** What lists show of a character that would take reading all of it. Kept beside it whenever it is saved. */
export function derivedFrom(character: Omit<Character, 'id' | 'revision' | 'created_at' | 'updated_at'>) {
  return { tagline: taglineOf(character.description), token_count: tokensOf(character) }
}

function taglineOf(description: string): string {
  const line = description.slice(0, READ_CHARACTERS).replaceAll(/\s+/g, ' ').trim()
  return Array.from(line).slice(0, TAGLINE_CHARACTERS).join('').trimEnd()
}

/** Of what is in every prompt; estimated. */
function tokensOf(character: Parameters<typeof derivedFrom>[0]): number {
  const { description, personality, scenario, system_prompt, message_examples, depth_prompt } = character
  const { post_history_instructions, global_roleplay } = character
  const parts = [description, personality, scenario, system_prompt, message_examples]
  parts.push(post_history_instructions, global_roleplay, depth_prompt?.text ?? '')
  return parts.reduce((sum, part) => sum + estimateOf(part), 0)
}

/** Longer texts are not read whole: counting a megabyte would hold everybody up. */
const WHOLE_CHARACTERS = 60_000
const SAMPLES = 20
const SAMPLE_CHARACTERS = 2_000

/** Of long texts some places, evenly spread, stand for the rest. */
function estimateOf(text: string): number {
  if (text === '') return 0
  if (text.length <= WHOLE_CHARACTERS) return estimateTokenCount(text)
  const step = (text.length - SAMPLE_CHARACTERS) / (SAMPLES - 1)
  const places = Array.from({ length: SAMPLES }, (_, index) => Math.floor(index * step))
  const tokens = places.reduce(
    (sum, from) => sum + estimateTokenCount(text.slice(from, from + SAMPLE_CHARACTERS)),
    0,
  )
  return Math.round((tokens / (SAMPLES * SAMPLE_CHARACTERS)) * text.length)
}
