import { type CardText, type Content } from './character/card-text.ts'
import { type CardToWrite } from './contract.ts'
import { type OpenCard } from './open-card.ts'

/** All that writing needs to know of the file a character came from. */
export interface Source {
  readonly open: OpenCard
  readonly bytes: Uint8Array
  readonly before: Content
}

/** What is to be written, in whatever file. */
export interface Writing {
  readonly card: CardToWrite
  /** undefined: the character was made here. */
  readonly source: Source | undefined
  readonly text: CardText
  readonly after: Content
}
