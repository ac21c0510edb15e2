import { describe, expect, it } from 'vitest'
import { alignment, closeOpenMarks, scriptHtml } from '../../../frontend/src/components/chat/script-text.ts'

describe('scriptHtml()', () => {
  it('sets stage directions as emphasis', () => {
    expect(scriptHtml('*waves* Hello', false)).toBe('<p><em>waves</em> Hello</p>\n')
  })

  it('shows HTML as the text it is', () => {
    expect(scriptHtml('<img src=x onerror=alert(1)>', false)).not.toContain('<img')
  })

  it('makes no pictures', () => {
    expect(scriptHtml('![cat](https://example.org/cat.png)', false)).not.toContain('<img')
  })

  it('refuses links that run scripts', () => {
    expect(scriptHtml('[click](javascript:alert(1))', false)).not.toContain('<a')
  })

  it('opens links elsewhere and keeps the opener to itself', () => {
    expect(scriptHtml('[here](https://example.org)', false)).toContain(
      'target="_blank" rel="noopener noreferrer"',
    )
  })

  it('keeps line breaks', () => {
    expect(scriptHtml('one\ntwo', false)).toContain('<br>')
  })

  it('closes an open direction while the line is still coming', () => {
    expect(scriptHtml('Yes. *turns to the', true)).toBe('<p>Yes. <em>turns to the</em></p>\n')
  })
})

describe('closeOpenMarks()', () => {
  it('leaves finished text alone', () => {
    expect(closeOpenMarks('*waves* Hello.')).toBe('*waves* Hello.')
  })

  it('closes strong text with two stars', () => {
    expect(closeOpenMarks('This is **very')).toBe('This is **very**')
  })

  it('closes a fence', () => {
    expect(closeOpenMarks('```\ncode')).toBe('```\ncode\n```')
  })

  it('drops a star that has just begun, with nothing behind it', () => {
    expect(closeOpenMarks('Hello *')).toBe('Hello')
  })
})

function wordAt(source: string, rendered: string, word: string): string {
  const places = alignment(source, rendered)
  const start = source.indexOf(word)
  return rendered.slice(places[start], places[start + word.length])
}

describe('alignment()', () => {
  it('finds a word behind a stage direction', () => {
    expect(wordAt('*waves* Hello there', 'waves Hello there\n', 'there')).toBe('there')
  })

  it('finds a word inside a stage direction', () => {
    expect(wordAt('*waves wildly* Hello', 'waves wildly Hello\n', 'wildly')).toBe('wildly')
  })

  it('finds a word behind a link', () => {
    expect(wordAt('See [here](https://a.org/see) and wait', 'See here and wait\n', 'wait')).toBe('wait')
  })

  it('finds a word in the next paragraph', () => {
    expect(wordAt('One.\n\nTwo words', 'One.\nTwo words\n', 'words')).toBe('words')
  })

  it('finds a word in a list', () => {
    expect(wordAt('- milk\n- strong tea', '\nmilk\nstrong tea\n', 'tea')).toBe('tea')
  })

  it('ends at the end of the visible text', () => {
    const source = '**bold**'
    expect(alignment(source, 'bold')[source.length]).toBe(4)
  })
})
