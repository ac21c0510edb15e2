import { z } from 'zod'
import { GenerationInfo, Message } from '#shared/entities.ts'
import { type ChatWording } from '../chat.ts'

/** SillyTavern has no words for some of what we know of a wording: it stands in its `extra`, under our name. */
export const OWN_KEY = 'troupe'

const { unheard, is_interrupted, tool_uses, is_spoken } = Message.shape
const OwnExtra = z.object({
  unheard: unheard.optional().catch(undefined),
  is_interrupted: is_interrupted.optional().catch(undefined),
  tool_uses: tool_uses.optional().catch(undefined),
  is_spoken: is_spoken.optional().catch(undefined),
  /** null: it came about in no way that anybody knows, whatever stands beside it. */
  generation: GenerationInfo.nullable().optional().catch(undefined),
})

type Own = NonNullable<ChatWording['own']>
type Told = Partial<Own> & Pick<ChatWording, 'generation'> & { readonly is_spoken?: boolean }

/** What there is to say of a wording; empty, if it is what anybody would think. */
export function ownMembers({
  unheard: rest,
  is_interrupted: isCut,
  tool_uses: uses,
  is_spoken: spoken,
}: Told): object {
  return {
    ...(rest ? { unheard: rest } : {}),
    ...(isCut === true ? { is_interrupted: true } : {}),
    ...(uses && uses.length > 0 ? { tool_uses: uses } : {}),
    ...(spoken === true ? { is_spoken: true } : {}),
  }
}

/** For a line of ours: all that is known of how it came about, too. */
export function ownExtra(told: Told): object {
  const own = { ...ownMembers(told), ...(told.generation ? { generation: told.generation } : {}) }
  return Object.keys(own).length > 0 ? { [OWN_KEY]: own } : {}
}

interface OwnExtraRead {
  readonly own: Own
  readonly isSpoken: boolean
  /** Undefined: it is not told here. */
  readonly generation: ChatWording['generation'] | undefined
}

/** What somebody has changed into something else counts for nothing. */
export function readOwnExtra(extra: Readonly<Record<string, unknown>>): OwnExtraRead {
  const { data: read = {} } = OwnExtra.safeParse(extra[OWN_KEY])
  return {
    own: {
      ...(read.unheard === undefined ? {} : { unheard: read.unheard }),
      ...(read.is_interrupted === undefined ? {} : { is_interrupted: read.is_interrupted }),
      ...(read.tool_uses === undefined ? {} : { tool_uses: read.tool_uses }),
    },
    isSpoken: read.is_spoken === true,
    generation: read.generation,
  }
}
