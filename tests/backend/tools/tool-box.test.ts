import { expect, test, vi } from 'vitest'
import { TOOL_NAMES, ToolUse } from '#shared/entities.ts'
import { filler } from '../../../backend/tools/filler.ts'
import { toolExchange } from '../../../backend/tools/tool-exchange.ts'
import { FakeClock } from '../../fakes/fake-clock.ts'
import { SeededRandom } from '../../support/seeded-random.ts'
import { call, contextOf, NEVER, NO_NOTES, toolBox } from './support.ts'

test('specsFor() offers what a character may use and this server can do, each once', () => {
  const box = toolBox()
  expect(box.specsFor([]).length).toBe(0)
  expect(box.specsFor(['roll_dice', 'search_web', 'read_file', 'roll_dice']).map(({ name }) => name)).toEqual(
    ['roll_dice'],
  )
})

test('specsFor() describes every argument as JSON Schema of an object', () => {
  const box = toolBox({ search_url: 'http://127.0.0.1:8080', tools_folder: ['/tmp'] })
  const specs = box.specsFor(TOOL_NAMES)
  expect(specs.map(({ name }) => name)).toEqual(TOOL_NAMES)
  for (const { description, parameters } of specs) {
    expect(description).not.toBe('')
    expect(parameters).toMatchObject({ type: 'object' })
    expect(parameters).not.toHaveProperty('$schema')
    for (const property of Object.values(parameters['properties'] ?? {})) {
      expect(property).toHaveProperty('description')
    }
  }
  expect(specs.find(({ name }) => name === 'remember')?.parameters).toMatchObject({ required: ['text'] })
})

test('missing() says which setting a tool lacks', () => {
  expect(toolBox().missing('roll_dice')).toBeUndefined()
  expect(toolBox().missing('search_web')).toContain('search_url, brave_api_key and tavily_api_key')
  expect(toolBox({ search_provider: 'brave', search_url: 'http://a' }).missing('search_web')).toContain(
    'brave_api_key',
  )
  expect(toolBox().missing('read_file')).toContain('tools_folder')
  expect(toolBox({ tools_folder: ['/tmp'] }).missing('read_file')).toBeUndefined()
})

test('run() gives what is stored with the message', async () => {
  const use = await call('roll_dice', { dice: 'd20' }, { box: toolBox() })
  expect(ToolUse.parse(use)).toEqual({
    name: 'roll_dice',
    arguments: { dice: 'd20' },
    result: expect.stringMatching(/^d20: rolled \d+; the result is \d+$/),
    is_error: false,
    duration_ms: 0,
  })
})

test.each([
  ['a tool that it was not given', 'roll_dice', 'use recall, read_file'],
  ['a tool that does not exist', 'launch_rocket', 'There is no tool "launch_rocket"'],
  ['a name of every object', 'constructor', 'There is no tool "constructor"'],
  ['a tool that is not set up', 'read_file', 'tools_folder'],
])('run() tells a model that calls %s', async (_case, name, sentence) => {
  const context = contextOf({ enabledTools: ['recall', 'read_file'] })
  const use = await call(name, {}, { box: toolBox(), context })
  expect(use).toMatchObject({ is_error: true, result: expect.stringContaining(sentence) })
})

test('run() runs nothing for a character without tools', async () => {
  const use = await call('roll_dice', {}, { box: toolBox(), context: contextOf({ enabledTools: [] }) })
  expect(use).toMatchObject({
    is_error: true,
    result: 'There is no tool "roll_dice" here; answer without tools.',
  })
})

test.each([
  ['{"dice": "2d6', 'must be one JSON object'],
  ['["2d6"]', 'must be one JSON object'],
  ['null', 'must be one JSON object'],
  [`{"dice": "${'9'.repeat(30_000)}"}`, 'at most 20000 characters'],
  ['{"dice": 6}', 'dice: '],
  ['{"dice": "a handful"}', 'write them like d20'],
])(
  'run() tells a model whose arguments are %.20s what is wrong with them',
  async (argumentsJson, sentence) => {
    const use = await toolBox().run({ id: '1', name: 'roll_dice', argumentsJson }, contextOf(), NEVER)
    expect(use).toMatchObject({ is_error: true, result: expect.stringContaining(sentence) })
    expect(ToolUse.safeParse(use).success).toBe(true)
  },
)

test('run() takes no arguments at all for an empty object', async () => {
  const use = await toolBox().run({ id: '1', name: 'current_time', argumentsJson: ' ' }, contextOf(), NEVER)
  expect(use).toMatchObject({ is_error: false, arguments: {} })
})

test('run() gives up a tool that takes too long, and says so', async () => {
  const clock = new FakeClock()
  const box = toolBox({}, { notes: { ...NO_NOTES, search: () => new Promise(() => {}) } })
  const use = call('recall', { query: 'cat' }, { box, context: contextOf({ clock }) })
  await clock.advance(5_000)
  expect(await use).toMatchObject({
    is_error: true,
    result: 'recall took longer than 5 s and was given up.',
    duration_ms: 5_000,
  })
  expect(clock.pendingTimers).toBe(0)
})

test('run() ends at once when the user interrupts, whatever the tool is doing', async () => {
  const clock = new FakeClock()
  const interruption = new AbortController()
  const box = toolBox({}, { notes: { ...NO_NOTES, add: () => new Promise(() => {}) } })
  const options = { box, context: contextOf({ clock }), signal: interruption.signal }
  const use = call('remember', { text: 'The cat is called Mo.' }, options)
  interruption.abort(new Error('the user spoke'))
  await expect(use).rejects.toThrow('the user spoke')
  await expect(call('roll_dice', {}, options)).rejects.toThrow('the user spoke')
  expect(clock.pendingTimers).toBe(0)
})

test('run() logs a defect without what was said, and does not tell the model of it', async () => {
  const error = vi.fn<(...said: unknown[]) => void>()
  const defect = new TypeError('SQLITE_BUSY')
  const box = toolBox({}, { logger: { error }, notes: { ...NO_NOTES, add: () => Promise.reject(defect) } })
  const use = await call('remember', { text: 'The cat is called Mo.' }, { box })
  expect(use.is_error).toBe(true)
  expect(use.result).not.toContain('SQLITE')
  expect(error.mock.calls).toEqual([[{ tool: 'remember', err: defect }, 'A tool failed']])
})

test('run() cuts a result that is too long, and takes out what nobody can see', async () => {
  const text = `a\0b\u001b[31m\u{e0041}${'🙂'.repeat(9_000)}`
  const notes = { ...NO_NOTES, search: () => Promise.resolve([{ text, created_at: '2030-01-01T00:00:00Z' }]) }
  const { result } = await call('recall', {}, { box: toolBox({}, { notes }) })
  expect(result).toMatch(/^- ab\[31m🙂/)
  expect(result.length).toBeLessThanOrEqual(8_000)
  expect(result.isWellFormed()).toBe(true)
  expect(result.endsWith(' …')).toBe(true)
})

test('remember and recall keep the notes of each character', async () => {
  const kept: string[] = []
  const asked: unknown[] = []
  const notes = {
    add: async (characterId: string, text: string) => void kept.push(`${characterId}: ${text}`),
    search: async (...search: readonly unknown[]) => {
      asked.push(search)
      return search[1] === 'dog'
        ? []
        : [{ text: 'The cat is called Mo.', created_at: '2030-01-02T03:04:05Z' }]
    },
  }
  const box = toolBox({}, { notes })
  expect((await call('remember', { text: '  The cat is called Mo. ' }, { box })).result).toBe('Kept in mind')
  expect((await call('remember', { text: '' }, { box })).is_error).toBe(true)
  expect(kept).toEqual(['iris: The cat is called Mo.'])
  expect((await call('recall', { query: 'cat' }, { box })).result).toBe(
    '- The cat is called Mo. (2030-01-02)',
  )
  expect((await call('recall', {}, { box })).is_error).toBe(false)
  expect((await call('recall', { query: 'dog' }, { box })).result).toBe(
    'Nothing was kept in mind about "dog"',
  )
  expect(asked).toEqual([
    ['iris', 'cat', 8],
    ['iris', '', 8],
    ['iris', 'dog', 8],
  ])
})

test('filler() has a line for tools that take time only, and each character has its own', () => {
  const luck = new SeededRandom(1)
  const lines = (name: string, character: string): Set<string | undefined> =>
    new Set(Array.from({ length: 50 }, () => filler(name, character, () => luck.next())))
  expect(lines('roll_dice', 'Iris')).toEqual(new Set([undefined]))
  expect(lines('constructor', 'Iris')).toEqual(new Set([undefined]))
  expect(lines('search_web', 'Iris')).toContain('Let me look that up.')
  expect(lines('search_web', 'Iris').size).toBe(2)
  expect([...lines('search_web', 'Felix')]).not.toContain('Let me look that up.')
  expect(filler('fetch_page', 'Iris', () => 0.999)).toMatch(/\.$/)
})

test('toolExchange() tells a model what it called and what came of it, each call with an id of its own', () => {
  const use = {
    name: 'roll_dice',
    arguments: { dice: 'd6' },
    result: 'd6: 4',
    is_error: false,
    duration_ms: 1,
  }
  const failed = {
    name: 'recall',
    arguments: {},
    result: 'Cannot read the arguments.',
    is_error: true,
    duration_ms: 0,
  }
  expect(toolExchange('Let us see.', [use, failed], 4)).toEqual([
    {
      role: 'assistant',
      content: 'Let us see.',
      toolCalls: [
        { id: 'call00004', name: 'roll_dice', argumentsJson: '{"dice":"d6"}' },
        { id: 'call00005', name: 'recall', argumentsJson: '{}' },
      ],
    },
    { role: 'tool', toolCallId: 'call00004', content: 'd6: 4' },
    { role: 'tool', toolCallId: 'call00005', content: 'Cannot read the arguments.' },
  ])
  expect(toolExchange('Nothing to do.', [])).toEqual([])
})
