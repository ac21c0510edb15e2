import { describe, expect, it } from 'vitest'
import { type Character, CharacterDraft } from '#shared/entities.ts'
import { engineProblems, isScripted } from '../../../frontend/src/components/chat/engine-words.ts'
import { milliseconds, stagesOf, waitOf } from '../../../frontend/src/components/chat/latency.ts'
import {
  addressOf,
  firstSentence,
  namesOf,
  personOf,
  titleOf,
} from '../../../frontend/src/components/chat/people.ts'
import { linesAhead, movedEarlier, presenceOf } from '../../../frontend/src/components/chat/presence.ts'
import { relativeTime } from '../../../frontend/src/components/chat/relative-time.ts'
import { startersOf } from '../../../frontend/src/components/chat/starters.ts'
import { unreadAfter } from '../../../frontend/src/components/chat/use-unread.ts'
import { withDraft } from '../../../frontend/src/components/chat/use-composer.ts'
import { line } from './line.ts'

const NOW = Date.UTC(2026, 2, 20, 12)
const ago = (ms: number) => new Date(NOW - ms).toISOString()

function someone(id: string, fields: Partial<Character>): Character {
  const stamp = new Date(NOW).toISOString()
  return {
    ...CharacterDraft.parse({ name: id }),
    id,
    revision: 1,
    created_at: stamp,
    updated_at: stamp,
    ...fields,
  }
}

describe('relativeTime()', () => {
  it.each([
    [20_000, 'now'],
    [5 * 60_000, '5 min'],
    [3 * 3_600_000, '3 h'],
    [2 * 86_400_000, 'Wed'],
    [20 * 86_400_000, 'Feb 28'],
    [400 * 86_400_000, 'Feb 13, 2025'],
  ])('%i ms ago is %s', (ms, words) => {
    expect(relativeTime(ago(ms), NOW, 'en-US')).toBe(words)
  })

  it('says nothing of a time that is none', () => {
    expect(relativeTime('soon', NOW)).toBe('')
  })
})

describe('stagesOf()', () => {
  const metrics = {
    end_of_utterance_delay: 600,
    transcription_delay: 80,
    llm_ttft: 40,
    llm_first_sentence: 160,
    tts_ttfb: 30,
    first_audio: 880,
  }

  it('puts each stage behind the one before and marks the slowest', () => {
    const stages = stagesOf(metrics)
    expect(stages.map((stage) => stage.startMs)).toEqual([0, 600, 680, 720, 840, 870])
    expect(stages.filter((stage) => stage.isSlowest).map((stage) => stage.durationMs)).toEqual([600])
  })

  it('counts the first sentence from the first word', () => {
    expect(stagesOf(metrics)[3]?.durationMs).toBe(120)
  })

  it('leaves out what did not run', () => {
    expect(stagesOf({ llm_ttft: 20, llm_first_sentence: 50 })).toHaveLength(2)
    expect(stagesOf({})).toEqual([])
  })

  it('accuses nobody when everything was quick', () => {
    expect(stagesOf({ llm_ttft: 20, llm_first_sentence: 50 }).some((stage) => stage.isSlowest)).toBe(false)
  })
})

describe('waitOf() and milliseconds()', () => {
  it('counts to the first sound, else to the end', () => {
    expect(waitOf({ first_audio: 300, total: 900 })).toBe(300)
    expect(waitOf({ total: 900 })).toBe(900)
  })

  it('speaks of seconds from one second on', () => {
    expect([milliseconds(999.4), milliseconds(1_000), milliseconds(12_340)]).toEqual([
      '999 ms',
      '1.0 s',
      '12.3 s',
    ])
  })
})

describe('people', () => {
  it('namesOf() joins names as one would say them', () => {
    expect(namesOf([{ name: 'Nora' }])).toBe('Nora')
    expect(namesOf([{ name: 'Nora' }, { name: 'Felix' }, { name: 'Iris' }])).toBe('Nora, Felix and Iris')
    expect(namesOf([])).toBe('')
  })

  it('addressOf() names one or two, and then everyone', () => {
    const [nora, felix, iris] = [{ name: 'Nora' }, { name: 'Felix' }, { name: 'Iris' }]
    expect([[], [nora], [nora, felix], [nora, felix, iris]].map(addressOf)).toEqual([
      'the empty stage',
      'Nora',
      'Nora and Felix',
      'everyone',
    ])
  })

  it('titleOf() falls back on who is there, then on the stage', () => {
    expect(titleOf('', [{ name: 'Nora' }])).toBe('Nora')
    expect(titleOf('', [])).toBe('An empty stage')
  })

  it('personOf() still has a face for somebody who was deleted', () => {
    expect(personOf([], 'gone', 'Old Tom')).toEqual({ name: 'Old Tom', color: null, image_url: null })
  })

  it('firstSentence() stops at the first full stop and cuts between words', () => {
    expect(firstSentence('Warm, practical. Notices people.')).toBe('Warm, practical.')
    expect(firstSentence('one two three four', 12)).toBe('one two…')
  })
})

describe('presenceOf()', () => {
  const scene = { speakingCharacterId: 'a', thinkingCharacterId: 'b', waitingCharacterIds: ['c', 'd'] }

  it('numbers those who wait', () => {
    expect(presenceOf('c', scene)).toEqual({ doing: 'waiting', words: 'speaks next', place: 1 })
    expect(presenceOf('d', scene).place).toBe(2)
  })

  it('knows speaker, thinker and listener', () => {
    expect(['a', 'b', 'e'].map((id) => presenceOf(id, scene).doing)).toEqual([
      'speaking',
      'thinking',
      'listening',
    ])
  })
})

describe('linesAhead()', () => {
  const lines = [
    line({ id: '1', characterId: 'felix' }),
    line({ id: '2', role: 'user', characterId: null }),
    line({ id: '3', characterId: 'nora' }),
    line({ id: '4', characterId: 'iris' }),
  ]

  it('names the answers of those who wait', () => {
    expect(linesAhead(lines, ['iris'])).toEqual(['4'])
  })

  it('does not mistake an earlier line for an answer that has not begun', () => {
    expect(linesAhead(lines, ['felix'])).toEqual([])
  })
})

describe('movedEarlier()', () => {
  it('moves one place and leaves the first where it is', () => {
    expect(movedEarlier(['a', 'b', 'c'], 'c')).toEqual(['a', 'c', 'b'])
    expect(movedEarlier(['a', 'b'], 'a')).toEqual(['a', 'b'])
    expect(movedEarlier(['a', 'b'], 'x')).toEqual(['a', 'b'])
  })
})

describe('engine words', () => {
  const ready = { name: 'any', ready: true }
  const engines = {
    vad: ready,
    stt: { name: 'none', ready: false, detail: 'Install it.' },
    llm: ready,
    tts: ready,
  }

  it('engineProblems() says what does not work and what to do', () => {
    expect(engineProblems(engines)).toEqual([
      { part: 'stt', meaning: expect.stringContaining('You can type'), advice: 'Install it.' },
    ])
    expect(engineProblems(null)).toEqual([])
  })

  it('isScripted() knows the companion from a model', () => {
    expect(isScripted({ name: 'scripted', ready: true })).toBe(true)
    expect(isScripted({ name: 'openai', ready: true })).toBe(false)
  })
})

describe('unreadAfter()', () => {
  const lines = [line({ id: '1' }), line({ id: '2' }), line({ id: '3' })]

  it('counts what stands behind the last line seen', () => {
    expect(unreadAfter(lines, '1')).toBe(2)
    expect(unreadAfter(lines, '3')).toBe(0)
  })

  it('counts nothing after another conversation was opened', () => {
    expect(unreadAfter(lines, 'elsewhere')).toBe(0)
  })
})

describe('withDraft()', () => {
  it('keeps drafts apart and forgets empty ones', () => {
    expect(withDraft({ a: 'one' }, 'b', 'two')).toEqual({ a: 'one', b: 'two' })
    expect(withDraft({ a: 'one', b: 'two' }, 'a', '')).toEqual({ b: 'two' })
  })
})

describe('startersOf()', () => {
  it('puts favourites first, then those usually present, and takes four', () => {
    const cast = [
      someone('a', {}),
      someone('b', { is_active: true }),
      someone('c', { is_favourite: true }),
      someone('d', {}),
      someone('e', {}),
    ]
    expect(startersOf(cast).map((character) => character.id)).toEqual(['c', 'b', 'a', 'd'])
  })
})
