import { type SeededRandom } from './seeded-random.ts'

/** A chat file as they are found in the wild: seeded, and with everything that such files have. */
export function randomChatFile(random: SeededRandom): string {
  const newline = random.chance(0.3) ? '\r\n' : '\n'
  const lines: string[] = []
  if (random.chance(0.8)) lines.push(randomHeader(random))
  const count = random.below(12) + 1
  for (let index = 0; index < count; index += 1) {
    lines.push(randomLine(random))
    if (random.chance(0.1)) lines.push(random.chance(0.5) ? '' : '{"name":"Mira","mes":"cut of')
    if (random.chance(0.03)) lines.push('[1,2,3]', '"text"', 'null')
  }
  const end = random.chance(0.3) ? newline : ''
  return `${random.chance(0.2) ? '\uFEFF' : ''}${lines.join(newline)}${end}`
}

const TEXTS = [
  'Hello there.',
  '*waves* "Good evening," she says.\n\nThe rain goes on.',
  '日本語のテキスト、絵文字 👩‍👩‍👧 и русский',
  'quotes " and \\ backslashes / and <b>tags</b> & "more": {"a":1}',
  '',
  '\u2028\u2029\u0001\u007F',
  'a'.repeat(3_000),
]
const DATES: readonly unknown[] = [
  'October 18, 2024 8:52pm',
  '2024-10-18 @20h 52m 17s 123ms',
  '2024-10-18@20h52m17s',
  '2024-10-18T20:52:17.123Z',
  1_729_284_737_123,
  'yesterday',
  null,
]

function randomHeader(random: SeededRandom): string {
  const metadata = `{"integrity":"5f0c","note_prompt":${JSON.stringify(random.chance(0.5) ? 'Be brief.' : '')},"note_depth":4,"big":12345678901234567890,"variables":{"2":1.0,"1":"x"}}`
  if (random.chance(0.5))
    return `{"chat_metadata":${metadata},"user_name":"unused","character_name":"unused"}`
  return `{"user_name": "Ren", "character_name": "Mira", "create_date": "2024-10-18@20h52m17s", "chat_metadata": ${metadata}}`
}

function randomLine(random: SeededRandom): string {
  const text = pick(random, TEXTS)
  const isUser = random.chance(0.4)
  const members = [
    `"name":${escaped(random, isUser ? 'Ren' : 'Mira')}`,
    `"is_user":${isUser}`,
    `"mes":${escaped(random, text)}`,
    `"send_date":${JSON.stringify(pick(random, DATES))}`,
  ]
  if (random.chance(0.2)) members.push('"is_system":true')
  if (random.chance(0.3))
    members.push('"extra":{"api":"openai","model":"some-model","token_count":12,"x":1.50}')
  if (random.chance(0.4)) members.push(...randomSwipes(random, text))
  if (random.chance(0.3)) members.push('"future_field":{"b":[1e400,"\\ud800"],"a":{"mes":"no","swipes":[]}}')
  if (random.chance(0.1)) members.push('"__proto__":{"polluted":true}', '"0":1')
  return random.chance(0.2) ? `{ ${shuffled(random, members).join(' , ')} }` : `{${members.join(',')}}`
}

function randomSwipes(random: SeededRandom, text: string): string[] {
  const swipes = Array.from({ length: random.below(4) + 1 }, () => pick(random, TEXTS))
  const index = random.below(swipes.length)
  if (random.chance(0.8)) swipes[index] = text
  const id = random.chance(0.1) ? 99 : index
  const info = swipes.map(() => '{"send_date":"October 18, 2024 8:52pm","extra":{}}')
  return [
    `"swipe_id":${id}`,
    `"swipes":[${swipes.map((swipe) => escaped(random, swipe)).join(', ')}]`,
    ...(random.chance(0.5) ? [`"swipe_info":[${info.join(',')}]`] : []),
  ]
}

/** One text can be written in many ways. */
function escaped(random: SeededRandom, text: string): string {
  const json = JSON.stringify(text)
  if (random.chance(0.7)) return json
  return json
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uFFFF]/gu, (char) =>
      char.length > 1 ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

function pick<Item>(random: SeededRandom, items: readonly Item[]): Item {
  const item = items[random.below(items.length)]
  if (item === undefined) throw new Error('There is nothing to pick from')
  return item
}

function shuffled(random: SeededRandom, items: readonly string[]): string[] {
  return items
    .map((item) => ({ item, key: random.next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
