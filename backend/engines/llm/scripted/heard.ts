/** What was heard, made even: typed text and the recogniser's bare words look the same afterwards. */

/** More than anybody says in one breath; patterns never see more. */
const MAX_CHARACTERS = 600

const SHORT_FORMS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    im: 'i am',
    ive: 'i have',
    ill: 'i will',
    id: 'i would',
    dont: 'do not',
    doesnt: 'does not',
    didnt: 'did not',
    cant: 'can not',
    cannot: 'can not',
    wont: 'will not',
    isnt: 'is not',
    arent: 'are not',
    wasnt: 'was not',
    whats: 'what is',
    wheres: 'where is',
    whos: 'who is',
    hows: 'how is',
    thats: 'that is',
    heres: 'here is',
    theres: 'there is',
    names: 'name is',
    lets: 'let us',
    youre: 'you are',
    youve: 'you have',
    theyre: 'they are',
    wanna: 'want to',
    gonna: 'going to',
    gotta: 'have to',
    gimme: 'give me',
    lemme: 'let me',
    dunno: 'do not know',
    favorite: 'favourite',
    color: 'colour',
    u: 'you',
    ur: 'your',
    ya: 'you',
    yeah: 'yes',
    yep: 'yes',
    yup: 'yes',
    nope: 'no',
    nah: 'no',
    thx: 'thanks',
    pls: 'please',
    mum: 'mother',
    mom: 'mother',
    dad: 'father',
    hiya: 'hi',
    ok: 'okay',
    bye: 'goodbye',
    cos: 'because',
    cause: 'because',
    its: 'it is',
    hes: 'he is',
    shes: 'she is',
  }),
)
/** Words that are only short forms when written with an apostrophe. */
const NEEDS_APOSTROPHE: ReadonlySet<string> = new Set([
  'ill',
  'id',
  'wont',
  'cant',
  'names',
  'cause',
  'mum',
  'dad',
])
const KEPT_WITHOUT_APOSTROPHE: ReadonlySet<string> = new Set(['wont', 'cant', 'mum', 'dad', 'cause'])
const LEADING_FILLERS =
  /^(?:(?:um+|uh+|er+|well|so|okay|oh|ah|hmm+|hm|and|but|now|please|you know|i mean|by the way|actually|listen) )+(?=\S)/u

/** Lower-case words with single spaces between: no punctuation, no contractions, no fillers in front. */
export function plainWords(text: string): string {
  const words = text
    .slice(0, MAX_CHARACTERS)
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[‘’`]/gu, "'")
    .replaceAll(/[^\p{L}\p{N}' ]+/gu, ' ')
    .split(/\s+/u)
    .filter((word) => word !== '')
    .map((word) => plainWord(word))
    .join(' ')
  return words.replace(LEADING_FILLERS, '')
}

function plainWord(word: string): string {
  const bare = word.replaceAll("'", '')
  const form = SHORT_FORMS.get(bare)
  const isForm = word.includes("'") || !NEEDS_APOSTROPHE.has(bare) || KEPT_WITHOUT_APOSTROPHE.has(bare)
  if (form !== undefined && isForm) return form
  // "dog's" and "dogs" are the same to the ear; the patterns allow for the s.
  return bare
}

/** Takes greetings and the names of those present off both ends, e.g. "hi nora what is …, felix". */
export function withoutAddress(words: string, names: readonly string[]): string {
  const present = new Set(names.map((name) => plainWords(name)))
  const rest = words.split(' ')
  while (rest[0] !== undefined && (ADDRESS.has(rest[0]) || present.has(rest[0]))) {
    if (present.has(rest[0]) && IS_ABOUT.has(rest[1] ?? '')) break
    rest.shift()
  }
  while (rest.length > 1 && present.has(rest.at(-1) ?? '') && !TAKES_NAME.has(rest.at(-2) ?? '')) rest.pop()
  return rest.join(' ').replace(LEADING_FILLERS, '')
}

const ADDRESS: ReadonlySet<string> = new Set([
  'hi',
  'hello',
  'hey',
  'hallo',
  'greetings',
  'dear',
  'yo',
  'everyone',
  'everybody',
  'all',
  'there',
])
/** "felix is late" speaks about Felix, "felix what is …" to him. */
const IS_ABOUT: ReadonlySet<string> = new Set(['is', 'was', 'has', 'said', 'says', 'and', 'looks', 'sounds'])
const TAKES_NAME: ReadonlySet<string> = new Set([
  'is',
  'am',
  'ask',
  'about',
  'to',
  'and',
  'with',
  'called',
  'named',
  'of',
  'me',
  'like',
  'by',
  'for',
  'know',
  'think',
])

export function isQuestion(text: string, words: string): boolean {
  return (
    text.trimEnd().endsWith('?') ||
    /^(?:who|what|where|when|why|how|which|whose|do|does|did|is|are|am|was|were|can|could|would|will|should|have|has) /u.test(
      words,
    )
  )
}

export function capitalised(text: string): string {
  return text.replaceAll(
    /(^|[\s-])(\p{Ll})/gu,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  )
}
