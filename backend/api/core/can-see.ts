import { type Talkable } from './contract.ts'

/** Nobody tells, so their names have to. */
const SEEING = [
  /vision|llava|bakllava|pixtral|moondream|minicpm-v|mllama|smolvlm|internvl/iu,
  /(?:^|[\d/_.-])vl(?=[\d:_.-]|$)/iu,
  /gemma-?3(?!n)(?!.*(?:[:-]270m|[:-]1b))|llama-?4|mistral-small-?3\.[12]/iu,
  /gpt-4o|gpt-4\.1|gpt-5|claude-|gemini-/iu,
]

/**
 * Whether a model understands pictures: as is known of it, else as far as its name says. Files on this disk see only with a
 * projector, so that their names say nothing; characters see what their model sees, whichever that is by then.
 */
export function canSee({ id, kind, file, canSee: isKnownToSee }: Talkable): boolean {
  if (kind !== 'model') return false
  return isKnownToSee ?? (file === undefined && SEEING.some((name) => name.test(id)))
}
