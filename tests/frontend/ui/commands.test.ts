import { describe, expect, it, vi } from 'vitest'
import { type Command, commandEntries, commandIn } from '../../../frontend/src/components/chat/commands.ts'
import { sendingOf } from '../../../frontend/src/components/chat/use-composer-keys.ts'

describe('what begins with a slash', () => {
  it('is a command while it is one word, and its argument behind that', () => {
    expect(commandIn('/')).toEqual({ word: '', argument: null })
    expect(commandIn('/Reg')).toEqual({ word: 'reg', argument: null })
    expect(commandIn('/title The sea')).toEqual({ word: 'title', argument: 'The sea' })
  })

  it('is a message if it is a path, has two lines, or stands elsewhere', () => {
    expect([commandIn('/etc/hosts'), commandIn('/a\nb'), commandIn('either/or')]).toEqual([null, null, null])
  })
})

describe('the / menu', () => {
  const run = vi.fn<(argument: string) => void>()
  const commands: Command[] = [
    { name: 'regenerate', hint: 'Another take', run },
    { name: 'title', hint: 'A name', argument: 'the new name', needsArgument: true, run },
    {
      name: 'next',
      hint: 'Who',
      options: [
        { value: 'Nora', hint: '' },
        { value: 'Felix', hint: '' },
      ],
      run,
    },
  ]
  const offered = (text: string) => commandEntries(commands, commandIn(text) ?? { word: '', argument: null })

  it('offers what begins with what was typed', () => {
    expect(offered('/').map(({ name }) => name)).toEqual(['/regenerate', '/title', '/next'])
    expect(offered('/re').map(({ name }) => name)).toEqual(['/regenerate'])
    expect(offered('/nothing')).toEqual([])
  })

  it('waits for an argument that is needed, and says which', () => {
    expect(offered('/tit')[0]).toMatchObject({ completion: '/title ' })
    expect(offered('/tit')[0]?.run).toBeUndefined()
    expect(offered('/title ')[0]).toMatchObject({ name: '/title ‹the new name›' })
    offered('/title The sea ')[0]?.run?.()
    expect(run).toHaveBeenLastCalledWith('The sea')
  })

  it('offers the arguments there are', () => {
    expect(offered('/next f').map(({ name }) => name)).toEqual(['Felix'])
    offered('/next f')[0]?.run?.()
    expect(run).toHaveBeenLastCalledWith('Felix')
  })
})

const key = (changes: object) => ({
  key: 'Enter',
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  ...changes,
})

describe('Enter', () => {
  it('sends, or breaks the line, as the user wants it', () => {
    expect(sendingOf(key({}), 'enter')).toBe('sending')
    expect(sendingOf(key({ shiftKey: true }), 'enter')).toBeNull()
    expect(sendingOf(key({ ctrlKey: true }), 'enter')).toBe('interrupting')
    expect(sendingOf(key({}), 'ctrl-enter')).toBeNull()
    expect(sendingOf(key({ metaKey: true }), 'ctrl-enter')).toBe('sending')
    expect(sendingOf(key({ ctrlKey: true, shiftKey: true }), 'ctrl-enter')).toBe('interrupting')
  })
})
