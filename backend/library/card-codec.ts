import { type CardCodec } from '../cards/contract.ts'
import { readCard } from '../cards/read-card.ts'
import { readLorebook } from '../cards/read-lorebook.ts'
import { writeCard } from '../cards/write-card.ts'
import { writeLorebook } from '../cards/write-lorebook.ts'

/** The codecs of all files that characters and lorebooks come in. */
export const cardCodec: CardCodec = { readCard, writeCard, readLorebook, writeLorebook }
