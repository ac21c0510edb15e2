import { describe, expect, it } from 'vitest'
import { cachedTokens, estimatedTokens } from '../../../backend/prompt/token-counter.ts'

/**
 * What a tokenizer of 200 000 words (o200k_base) makes of a text; counted once, beside the project. Those with smaller
 * vocabularies make more of it, so the estimate may rather be too large.
 */
const COUNTED = [
  [
    'English',
    '"You came back," she said, not looking up from the kettle. *She pours the tea slowly.* I had hoped you would, though I wouldn\'t have bet on it. The harbour was full of fog this morning, and nobody has seen old Marten since Tuesday.',
    54,
  ],
  [
    'German',
    '»Du bist also zurückgekommen«, sagte sie, ohne vom Kessel aufzusehen. Ich hatte es gehofft, aber gewettet hätte ich darauf nicht. Der Hafen lag heute früh im Nebel, und niemand hat den alten Marten seit Dienstag gesehen.',
    52,
  ],
  [
    'Russian',
    '— Ты вернулся, — сказала она, не отрывая взгляда от чайника. Я на это надеялась, хотя и не поспорила бы. Сегодня утром гавань была в тумане, и никто не видел старого Мартена со вторника.',
    57,
  ],
  [
    'Chinese',
    '“你回来了，”她头也不抬地说，眼睛还盯着水壶。我希望你会回来，不过我可不敢打赌。今天早上港口里全是雾，从星期二起就没有人见过老马丁。',
    59,
  ],
  [
    'Japanese',
    '「戻ってきたのね」と、彼女はやかんから目を離さずに言った。そうなればいいと思っていたけれど、賭けはしなかったわ。今朝の港は霧でいっぱいで、火曜日から誰もマーテンじいさんを見ていないの。',
    74,
  ],
  [
    'Arabic',
    'قالت دون أن ترفع عينيها عن الغلاية: لقد عدت إذن. كنت آمل ذلك، لكنني ما كنت لأراهن عليه. كان الميناء مليئا بالضباب هذا الصباح، ولم ير أحد مارتن العجوز منذ يوم الثلاثاء.',
    60,
  ],
  [
    'Thai',
    '"คุณกลับมาแล้วสินะ" เธอพูดโดยไม่ละสายตาจากกาน้ำ ฉันหวังไว้อย่างนั้น แม้จะไม่กล้าพนันก็ตาม เช้านี้ท่าเรือเต็มไปด้วยหมอก และไม่มีใครเห็นมาร์เทนเฒ่ามาตั้งแต่วันอังคาร',
    73,
  ],
] as const

describe('estimatedTokens', () => {
  it.each(COUNTED)('%s is estimated within 10 % too few and 45 % too many', (_language, text, counted) => {
    const estimate = estimatedTokens.count(text)
    expect(estimate).toBeGreaterThanOrEqual(counted * 0.9)
    expect(estimate).toBeLessThanOrEqual(counted * 1.45)
  })

  it('nothing costs nothing, and anything costs something', () => {
    expect(estimatedTokens.count('')).toBe(0)
    expect(estimatedTokens.count(' ')).toBeGreaterThan(0)
  })
})

describe('cachedTokens', () => {
  it('counts a text once as long as it is asked for, and forgets what is not', () => {
    const counted: string[] = []
    const cached = cachedTokens({ count: (text) => counted.push(text) }, 20)
    cached.count('aaaaa')
    cached.count('aaaaa')
    expect(counted).toEqual(['aaaaa'])
    for (const text of ['bbbbb', 'aaaaa', 'ccccc', 'aaaaa', 'ddddd', 'aaaaa']) cached.count(text)
    expect(counted.filter((text) => text === 'aaaaa')).toHaveLength(1)
    for (const text of ['eeeee', 'fffff', 'ggggg', 'hhhhh', 'aaaaa']) cached.count(text)
    expect(counted.filter((text) => text === 'aaaaa')).toHaveLength(2)
  })
})
