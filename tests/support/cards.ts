import { png } from './pictures.ts'

export interface CardText {
  readonly name: string
  readonly [field: string]: unknown
}

/** A card of version 2, as text. */
export function cardJson({ name, ...data }: CardText): string {
  const standard = {
    description: `${name} keeps the lighthouse.`,
    personality: '',
    scenario: '',
    first_mes: `Hello, I am ${name}.`,
    mes_example: '',
    creator_notes: '',
    system_prompt: '',
    post_history_instructions: '',
    alternate_greetings: [],
    tags: ['sea'],
    creator: 'Ada',
    character_version: '1',
    extensions: {},
  }
  return JSON.stringify({ spec: 'chara_card_v2', spec_version: '2.0', data: { name, ...standard, ...data } })
}

/** The same inside of a picture. */
export function cardPng(
  card: CardText,
  size = { width: 40, height: 60 },
  pixels: number | Buffer = card.name.length % 256,
): Buffer {
  return png(size, pixels, [['chara', Buffer.from(cardJson(card)).toString('base64')]])
}
