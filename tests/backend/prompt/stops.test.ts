import { describe, expect, it } from 'vitest'
import { stopsOf } from '../../../backend/prompt/stops.ts'
import { card, felix, nora, persona, promptInput, said } from '../../support/prompts.ts'

const iris = card('Iris Blum', { nickname: 'Iris' })
const history = [said('Sam', 'Hi'), said(felix, 'Ho'), said(iris, 'Psst')]
const group = promptInput({ cast: [nora, felix, iris], history })

describe('stopsOf()', () => {
  it('names the user first, then who spoke last, in the likeliest form: four is all that many servers take', () => {
    expect(stopsOf(group).slice(0, 4)).toEqual(['\nSam:', '\nIris:', '\nFelix:', '\nIris Blum:'])
  })

  it('knows the other ways in which models begin a line', () => {
    expect(stopsOf(group)).toEqual(
      expect.arrayContaining(['\nFelix：', '\n**Felix:**', '\n**Felix**:', '\n[Felix]:', '\nFelix (']),
    )
  })

  it('never stops a character at its own name', () => {
    expect(stopsOf({ ...group, speaker: iris }).filter((stop) => stop.includes('Iris'))).toEqual([])
  })

  it('knows the user by the name of the persona, and by the own one', () => {
    expect(stopsOf({ ...group, persona: persona('Alex') }).slice(0, 2)).toEqual(['\nAlex:', '\nSam:'])
  })

  it("stops the user's line at the characters", () => {
    const stops = stopsOf({ ...group, mode: 'impersonate' })
    expect(stops[0]).toBe('\nIris:')
    expect(stops).toContain('\nNora:')
    expect(stops.filter((stop) => stop.includes('Sam'))).toEqual([])
  })
})
