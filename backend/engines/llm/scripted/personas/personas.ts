import { type SceneCharacter } from '../../../contracts.ts'
import { anyone } from './anyone.ts'
import { felix } from './felix.ts'
import { hugo } from './hugo.ts'
import { iris } from './iris.ts'
import { nora } from './nora.ts'
import { type Persona } from './persona.ts'

/** By the id of the starter character, without its number. */
const PERSONAS: ReadonlyMap<string, Partial<Persona>> = new Map([
  ['nora', nora],
  ['felix', felix],
  ['iris', iris],
  ['hugo', hugo],
])

/** The lines of a starter character, or those anybody could say, coloured with what is known of the character. */
export function personaOf(character: SceneCharacter): Persona {
  const own = PERSONAS.get(character.id.replace(/-\d+$/u, '')) ?? PERSONAS.get(character.name.toLowerCase())
  if (own) return { ...anyone, ...own }
  const nature = natureOf(character.personality)
  return nature === undefined
    ? anyone
    : {
        ...anyone,
        whoAreYou: [
          `I am {self}. They say I am ${nature}.`,
          `{self}. ${capital(nature)}, if you ask around.`,
          ...anyone.whoAreYou.slice(1),
        ],
      }
}

/** "Warm, practical, attentive. Notices …" → "warm, practical, attentive"; nothing where it is not a list of words. */
function natureOf(personality: string): string | undefined {
  const first =
    personality
      .slice(0, 120)
      .split(/[.;\n]/u, 1)[0]
      ?.trim() ?? ''
  const isListOfWords = /^[\p{L}-]+(?:(?:, | and |, and )[\p{L}-]+){0,4}$/u.test(first)
  return isListOfWords ? first.toLowerCase() : undefined
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
