import { describe, expect, it } from 'vitest'
import { generationRows } from '../../../frontend/src/components/chat/generation.ts'
import { alternativeWords, lastOwn, menuOf } from '../../../frontend/src/components/chat/line-verbs.ts'
import { TOOLS, toolSentence } from '../../../frontend/src/components/character/tool-words.ts'
import { TOOL_NAMES } from '#shared/entities.ts'
import { line } from './line.ts'

const LAST = { isLast: true, canSpeak: true }

const told = (info: Parameters<typeof generationRows>[0]) =>
  Object.fromEntries(generationRows(info).map(({ name, value }) => [name, value]))

describe('menuOf()', () => {
  it('offers the last reply everything', () => {
    expect(menuOf(line({}), LAST)).toEqual([
      'speak',
      'copy',
      'edit',
      'regenerate',
      'continue',
      'branch',
      'link',
      'exclude',
      'inspect',
      'explain',
      'delete',
    ])
  })

  it('lets only the last reply go on, and only a voice say it again', () => {
    const verbs = menuOf(line({}), { isLast: false, canSpeak: false })
    expect(verbs).not.toContain('continue')
    expect(verbs).not.toContain('speak')
    expect(verbs).toContain('regenerate')
  })

  it('offers nothing for what is not stored yet', () => {
    expect(menuOf(line({ state: 'streaming' }), LAST)).toEqual([])
    expect(menuOf(line({ id: 'local-1', role: 'user', state: 'failed' }), LAST)).toEqual([])
  })

  it('offers to tell the model again what is hidden from it', () => {
    expect(menuOf(line({ isExcluded: true }), LAST)).toContain('include')
  })
})

describe('alternativeWords()', () => {
  it('counts from one, and says nothing of a single wording', () => {
    expect(alternativeWords(line({ alternativeIndex: 1, alternativeCount: 3 }))).toBe('2 / 3')
    expect(alternativeWords(line({}))).toBe('')
  })
})

describe('lastOwn()', () => {
  it('is the newest line of the user that is stored', () => {
    const lines = [
      line({ id: 'u1', role: 'user' }),
      line({ id: 'a1' }),
      line({ id: 'local-1', role: 'user', state: 'sending' }),
    ]
    expect(lastOwn(lines)?.id).toBe('u1')
    expect(lastOwn([line({})])).toBeUndefined()
  })
})

describe('generationRows()', () => {
  it('leaves out what nobody told', () => {
    expect(told({ model: 'small' })).toEqual({ Model: 'small' })
  })

  it('says who failed before, how long it took, and what it cost', () => {
    const info = {
      model: 'second',
      failed_models: ['first'],
      attempts: 3,
      ttft_ms: 400,
      duration_ms: 2_400,
      prompt_tokens: 3_210,
      cached_tokens: 3_000,
      completion_tokens: 50,
      cost: 0.000_123,
      finish_reason: 'length',
    }
    expect(told(info)).toEqual({
      Model: 'second',
      'Could not answer': 'first',
      Attempts: '3',
      'First word after': '400 ms',
      'Written in': '2.4 s',
      Read: '3,210 tokens, 3,000 of them known',
      Wrote: '50 tokens',
      Speed: '25.0 tokens a second',
      Cost: '0.00012',
      Ended: 'cut off: the longest allowed reply was reached',
    })
  })
})

describe('tools', () => {
  it('have words for every one that a character may be given', () => {
    expect(TOOLS.map(({ name }) => name)).toEqual([...TOOL_NAMES])
  })

  it('toolSentence() says what is done, and what was done', () => {
    expect(toolSentence('roll_dice', false)).toBe('rolls the dice')
    expect(toolSentence('roll_dice', true)).toBe('rolled the dice')
    expect(toolSentence('summon_rain', true)).toBe('used summon_rain')
  })
})
