import { describe, expect, test } from 'vitest'
import { type Character, type Lorebook } from '#shared/entities.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import { CardMaker, type GeneratedCard } from './generated-cards.ts'
import { differences, exported, imported, NOW, type Imported } from './library.ts'

const COUNT = 10_000
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]

/** A change as somebody makes it, and the only paths that may differ then. */
interface Edit {
  readonly character?: Partial<Character>
  readonly lorebook?: Lorebook
  readonly paths: RegExp
  /** It concerns fields that stand apart. */
  readonly isSpread?: true
}

describe(`${COUNT} generated cards`, () => {
  test.each(SEEDS)(
    'go out as they came in, to the byte, and an edit changes only what was edited (seed %i)',
    async (seed) => {
      const random = new SeededRandom(seed)
      const maker = new CardMaker(random)
      for (let number = 0; number < COUNT / SEEDS.length; number += 1) {
        const card = await maker.card()
        const from = await imported(card.bytes, 'Some File.png')
        const isSame = Buffer.compare(await exported(from), card.bytes) === 0
        expect({ number, isSame }).toEqual({ number, isSame: true })
        await expectOnlyTheEdit(card, from, { edit: editOf(random, maker, from), number })
      }
    },
  )
})

async function expectOnlyTheEdit(
  card: GeneratedCard,
  from: Imported,
  { edit: { paths, isSpread, ...changes }, number }: { edit: Edit; number: number },
): Promise<void> {
  const bytes = await exported(from, changes)
  const after = await imported(bytes, 'Some File.png')
  const label = `card ${number}, version ${card.version}, ${card.container}, ${JSON.stringify(changes).slice(0, 300)}`
  expect({ label, character: after.character, lorebook: after.lorebook }).toEqual({
    label,
    character: { ...from.character, ...changes.character },
    lorebook: changes.lorebook ?? from.lorebook,
  })
  const text = textAfter(card, after, bytes)
  const found = differences(JSON.parse(card.text), JSON.parse(text))
  expect({ label, others: found.filter((path) => !paths.test(path)) }).toEqual({ label, others: [] })
  if (isSpread === true) return
  // Before and behind the edit all is as it was, with its spelling.
  const dated = text.replace(String(NOW.getTime() / 1_000), '1700000000')
  const touched = dated.length - commonLength(card.text, dated)
  expect({ label, isMore: touched > JSON.stringify(changes).length * 6 + 400 }).toEqual({
    label,
    isMore: false,
  })
}

/** The text that the edit was made in: of older cards in pictures that is the copy for older programs. */
function textAfter(card: GeneratedCard, after: Imported, bytes: Uint8Array): string {
  // Some edits change nothing, as turning round an empty list.
  if (Buffer.compare(bytes, card.bytes) === 0) return card.text
  if (card.container === 'json')
    return Buffer.from(bytes)
      .toString()
      .replaceAll(/^[\uFEFF\n]+|[\0\n]+$/g, '')
  if (card.version === 3 || card.container === 'charx') return after.read.json
  const file = Buffer.from(bytes)
  const start = file.indexOf('chara\0') + 'chara\0'.length
  const length = file.readUInt32BE(start - 'chara\0'.length - 8) - 'chara\0'.length
  return Buffer.from(file.toString('latin1', start, start + length), 'base64').toString()
}

function commonLength(one: string, other: string): number {
  const least = Math.min(one.length, other.length)
  let [before, behind] = [0, 0]
  while (before < least && one[before] === other[before]) before += 1
  while (behind < least - before && one.at(-1 - behind) === other.at(-1 - behind)) behind += 1
  return before + behind
}

const DATED = String.raw`|^data\.modification_date$`

function editOf(random: SeededRandom, maker: CardMaker, { character, lorebook, read }: Imported): Edit {
  const text = `edited ${random.below(1_000)} "é" \\ \n`
  const base = read.spec === 'v1' ? '' : String.raw`data\.`
  const at = (path: string): RegExp => new RegExp(`^${base}${path}(\\[|\\.|$)${DATED}`)
  const edits: (() => Edit)[] = [
    () => ({ character: { description: text }, paths: at('description') }),
    () => ({ character: { first_message: text }, paths: at('first_mes') }),
    () => ({
      isSpread: true,
      character: { name: 'Someone Else' },
      paths: /^(data\.)?name$|character_book\.name$|modification_date$/,
    }),
    () => ({ character: { tags: [...character.tags, 'new'] }, paths: at('tags') }),
    () => ({ character: { tags: character.tags.slice(1).toReversed() }, paths: at('tags') }),
  ]
  if (read.spec !== 'v1') {
    edits.push(
      () => ({
        character: { alternate_greetings: ['a', ...character.alternate_greetings] },
        paths: at('alternate_greetings'),
      }),
      () => ({ character: { talkativeness: 0.125 }, paths: at(String.raw`extensions\.talkativeness`) }),
      () => ({
        isSpread: true,
        character: { depth_prompt: { text, depth: 7, role: 'assistant' } },
        paths: /^data\.extensions\.depth_prompt(\.(prompt|depth|role))?$|modification_date$/,
      }),
      () => ({ character: { color: '#123456' }, paths: at(String.raw`extensions\.troupe`) }),
      () => ({
        character: { nickname: 'Nick' },
        paths: at(read.spec === 'v3' ? 'nickname' : String.raw`extensions\.troupe`),
      }),
    )
  }
  const [entry] = lorebook?.entries ?? []
  if (lorebook && entry) {
    const others = lorebook.entries.slice(1)
    edits.push(
      () => ({
        isSpread: true,
        lorebook: { ...lorebook, entries: [{ ...entry, content: text, keys: ['k,1', '/re/i'] }, ...others] },
        paths: at(String.raw`character_book\.entries\[0\]\.(content|keys|use_regex)`),
      }),
      () => ({
        isSpread: true,
        lorebook: {
          ...lorebook,
          entries: [{ ...entry, position: 'note_top', sticky: 3, is_enabled: false }, ...others],
        },
        paths: at(
          String.raw`character_book\.entries\[0\]\.(enabled|extensions\.(position|sticky)|extensions$)`,
        ),
      }),
      () => ({ lorebook: { ...lorebook, entries: others }, paths: at('character_book.entries') }),
      () => ({
        isSpread: true,
        lorebook: { ...lorebook, name: 'Renamed', scan_depth: 9 },
        paths: at(String.raw`character_book\.(name|scan_depth)`),
      }),
    )
  }
  return maker.pick(edits)()
}
