/** What the next word says about a full stop behind an abbreviation. */
export type AfterAbbreviation =
  /** An ordinary word: the sentence ends. */
  | 'ends'
  /** The sentence goes on, whatever follows. */
  | 'goes_on'
  /** It goes on before a number. */
  | 'unless_number'
  /** It goes on before a number or a small letter. */
  | 'unless_lower'
  /** It ends only before a word that begins sentences. */
  | 'before_starter'
  /** It ends before a capital, but not before the name of a day or a time zone. */
  | 'unless_time'

const words = (list: string): readonly string[] => list.trim().split(/\s+/)

const TITLES = words(`
  Mr Mrs Ms Mx Dr Drs Prof Rev Gen Sen Rep Gov Capt Cpt Lt Col Sgt Cpl Maj Adm Cmdr Pvt Hon Pres Supt Insp Det Amb
  Messrs Mme Mlle Fr Mt Ste Sra Sras Srta Sres Dra Dña Dn Sto Sta Lic Ing Gral Excmo Ilmo EE Hr vs cf viz bzw
`)
const BEFORE_NUMBERS = words(
  `No Nos Nr Fig fig Figs Vol vol Ch ch Sec Art art Eq Op op pp pág págs núm Núm núms tel Tel ext Apt cap`,
)
const BEFORE_SMALL_LETTERS = words(`
  etc approx ca est Est dept Dept incl excl esp misc govt univ Univ assn avg temp ft lb lbs oz tbsp tsp qt gal yd hr hrs mins secs
  Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mon Tue Tues Wed Thu Thur Thurs Fri Sat Sun Mass Calif Fla Tex Pa Penn Conn
  Minn Ala Ariz Colo Ore Wash Ud Uds Vd Vds aprox máx mín ej Ej Dpto dpto Avda Av ene feb abr jun jul sept oct nov dic usw al
`)
const BEFORE_NAMES = words(`Inc Corp Ltd Co Bros LLC Jr Sr Esq St Ave Blvd Rd Hwy Ft UU Str`)
const MEASURES = new Set(words(`in sec min pt mi cm mm kg km ml`))
const LETTER_NOUNS = new Set(
  words(
    `vitamin vitamins plan type option grade group team class hepatitis section part exhibit or minus plus level drive`,
  ),
)
const BRANDS = new Set(words(`Yahoo Jeopardy Wham Panic Oklahoma Mamma`))
const INITIALISMS_THAT_GO_ON = new Set([
  'e.g',
  'i.e',
  'P.S',
  'P.P.S',
  'a.k.a',
  'v',
  'vs',
  'p.ej',
  'z.B',
  'd.h',
])

const KNOWN: ReadonlyMap<string, AfterAbbreviation> = new Map([
  ...TITLES.map((word) => [word, 'goes_on'] as const),
  ...BEFORE_NUMBERS.map((word) => [word, 'unless_number'] as const),
  ...BEFORE_SMALL_LETTERS.map((word) => [word, 'unless_lower'] as const),
  ...BEFORE_NAMES.map((word) => [word, 'before_starter'] as const),
])

/** Words that begin sentences far more often than they continue a name; English and Spanish. */
const STARTERS = new Set(
  words(`
  The A An He She It We They I You This That These Those There Here His Her Its Our Their My Your What Who When Where Why How
  Which If In On At As By For From With Without After Before Since While Because But And So Then Or Nor Yet Not No Yes Oh Well
  Now Just Only Even Also Still Maybe Perhaps Is Are Was Were Do Does Did Don't Can Could Would Should Will Let Let's I'm I'll I've
  I'd It's He's She's We're They're You're That's There's What's Who's Some Most Many All Any Each Every Everyone Everybody
  Nobody Nothing One Two Please Thanks Unfortunately However Meanwhile Later Today Tomorrow Yesterday Soon Once Until Though
  Although Both Few Several Another See Look Come Ask Call Bring Give Take Get Make Use Have Has Had Tell Say Try
  El La Los Las Un Una Es Son Está Están Era Fue Yo Tú Él Ella Nosotros Ellos Pero Y O Si No Sí Que Qué Cuando Como Cómo Por Para
  En De Con Sin Después Luego Entonces Ahora Hoy Ayer Mañana Esto Eso Este Esta Mi Tu Su Nadie Todo Todos Hay Ya También
`),
)
const TIME_WORDS = new Set(
  words(`
  Monday Tuesday Wednesday Thursday Friday Saturday Sunday Eastern Pacific Central Mountain Greenwich London Tokyo
  EST EDT ET PST PDT PT CST CDT CT MST MDT MT GMT UTC CET CEST BST JST
`),
)

export const isStarter = (word: string): boolean => STARTERS.has(word.replace('’', "'"))
export const isTimeWord = (word: string): boolean => TIME_WORDS.has(word)
/** Names that are written with an exclamation mark. */
export const isBrand = (word: string): boolean => BRANDS.has(word)

/**
 * What a full stop behind `word` means.
 * @param word what stands before the full stop, without it: `Dr`, `U.S`, `p.m`, `J`.
 * @param previous gives the word before that one, or an empty string.
 */
export function afterAbbreviation(word: string, previous: () => string): AfterAbbreviation {
  const known = KNOWN.get(word)
  if (known) return word === 'al' && previous() !== 'et' ? 'ends' : known
  if (MEASURES.has(word)) return /\d$/.test(previous()) ? 'unless_lower' : 'ends'
  if (word.length === 1) return afterLetter(word, previous())
  if (!word.includes('.')) return 'ends'
  if (INITIALISMS_THAT_GO_ON.has(word)) return 'goes_on'
  if (/^[ap]\.m$/i.test(word)) return 'unless_time'
  return /^(?:\p{L}{1,2}\.)+\p{L}{1,3}$/u.test(word) ? 'before_starter' : 'ends'
}

function afterLetter(letter: string, previous: string): AfterAbbreviation {
  if (INITIALISMS_THAT_GO_ON.has(letter)) return 'goes_on'
  if (letter === 'm' && /^[ap]\.$/.test(previous)) return 'unless_time'
  if (/\p{Lu}/u.test(letter)) {
    if (/^[ad]\.$/.test(previous)) return 'unless_lower'
    return LETTER_NOUNS.has(previous.toLowerCase()) ? 'ends' : 'before_starter'
  }
  if (/[ad]/.test(letter)) return 'before_starter'
  return /\p{Ll}/u.test(letter) ? 'unless_lower' : 'ends'
}

const SPEECH_VERBS = new Set(
  words(`
  said says asked asks replied replies answered whispered shouted yelled cried called murmured muttered exclaimed added
  demanded laughed sighed screamed inquired wondered gasped groaned growled snapped hissed repeated continued began
  insisted protested breathed sobbed chuckled mumbled stammered roared pleaded begged teased joked announced declared
  snorted grumbled interrupted agreed remarked observed warned urged whined purred croaked barked bellowed drawled
`),
)

/** Whether the verb says that what stands in quotation marks before it was spoken. */
export const isSpeechVerb = (word: string): boolean => SPEECH_VERBS.has(word)
