import { describe, expect, it } from 'vitest'
import { arcDepths, faceSize } from '../../../frontend/src/components/call/arc.ts'
import { isBluetooth } from '../../../frontend/src/components/call/bluetooth.ts'
import { callCaption } from '../../../frontend/src/components/call/call-caption.ts'
import { captionOf } from '../../../frontend/src/components/chat/caption.ts'
import { line } from './line.ts'

describe('arcDepths()', () => {
  it('puts the middle furthest back and is symmetrical', () => {
    expect(arcDepths(3)).toEqual([0, 1, 0])
  })

  it('has a place for one and none for nobody', () => {
    expect(arcDepths(1)).toEqual([1])
    expect(arcDepths(0)).toEqual([])
  })
})

describe('faceSize()', () => {
  it('fits the whole cast with its gaps on the stage', () => {
    for (const count of [2, 3, 4]) {
      expect(faceSize(count, 40, 1) * count + (count + 1)).toBeLessThanOrEqual(40.01)
    }
  })

  it('never makes a face too small to see, and one alone the largest', () => {
    expect(faceSize(12, 22, 0.5)).toBe(4.5)
    expect(faceSize(1, 90, 1)).toBeGreaterThan(faceSize(2, 90, 1))
  })
})

describe('captionOf()', () => {
  const text = 'Come in. The kettle is on. Sit down.'
  const rangeOf = (word: string) => ({ start: text.indexOf(word), end: text.indexOf(word) + word.length })

  it('shows the sentence that sounds, cut at its word', () => {
    expect(captionOf(text, rangeOf('kettle'))).toEqual({ before: 'The ', now: 'kettle', after: ' is on. ' })
  })

  it('shows the first and the last sentence whole', () => {
    expect(captionOf(text, rangeOf('Come'))).toEqual({ before: '', now: 'Come', after: ' in. ' })
    expect(captionOf(text, rangeOf('down'))).toEqual({ before: 'Sit ', now: 'down', after: '.' })
  })

  it('shows the last sentence when nothing sounds', () => {
    expect(captionOf(text, null)).toEqual({ before: 'Sit down.', now: '', after: '' })
  })

  it('leaves out the marks of stage directions', () => {
    expect(captionOf('*waves* Hello', { start: 8, end: 13 }).before).toBe('waves ')
  })
})

describe('callCaption()', () => {
  it('gives the user the stage while they speak', () => {
    const caption = callCaption([line({})], { text: 'tell me more', stableLength: 7 })
    expect(caption).toMatchObject({ name: 'You', before: 'tell me', after: ' more' })
  })

  it('follows the line that sounds, not the one that was written last', () => {
    const sounding = line({ id: '1', text: 'Come in.', sounding: { start: 0, end: 4 } })
    expect(callCaption([sounding, line({ id: '2', name: 'Felix' })], null)).toMatchObject({
      name: 'Nora',
      now: 'Come',
    })
  })

  it('keeps what nobody heard beside an interrupted line', () => {
    expect(callCaption([line({ text: 'Come', unheard: ' in. *smiles*' })], null)?.unheard).toBe('in. smiles')
  })

  it('does not run ahead of the voice', () => {
    const asked = line({ id: '1', role: 'user', text: 'Who is there?' })
    expect(callCaption([asked, line({ id: '2' })], null, ['2'])).toMatchObject({
      name: 'You',
      before: 'Who is there?',
    })
  })

  it('is silent on an empty stage', () => {
    expect(callCaption([], null)).toBeNull()
  })
})

describe('a Bluetooth microphone', () => {
  it('is told by its name, in the words of several systems', () => {
    const names = [
      'AirPods Pro (Bluetooth)',
      'Headset (WH-1000XM4 Hands-Free AG Audio)',
      'Default - Bluetooth headset',
      'Pixel Buds Pro',
    ]
    expect(names.map(isBluetooth)).toEqual([true, true, true, true])
    expect(['Built-in Audio', 'USB Audio Device', 'Blue Yeti', ''].some(isBluetooth)).toBe(false)
  })
})
