import { expect, test } from 'vitest'
import { canSee } from '../../../../backend/api/core/can-see.ts'
import { type Talkable } from '../../../../backend/api/core/contract.ts'

function talkable(id: string, more: Partial<Talkable> = {}): Talkable {
  return {
    id,
    aliases: [],
    kind: 'model',
    name: id,
    description: '',
    createdAt: new Date(0),
    contextTokens: 4_096,
    canUseTools: true,
    canThink: false,
    state: 'loaded',
    ...more,
  }
}

test.each([
  'llava:7b',
  'llama3.2-vision:11b',
  'qwen2.5-vl-7b-instruct',
  'qwen2.5vl:7b',
  'Qwen/Qwen3-VL-8B',
  'gemma3:4b',
  'google/gemma-3-12b-it',
  'gpt-4o-mini',
  'anthropic/claude-sonnet-4',
  'mistralai/pixtral-12b',
])('%s sees', (id) => {
  expect(canSee(talkable(id))).toBe(true)
})

test.each(['llama3.1:8b', 'gemma3:1b', 'gemma3:270m', 'gemma3n:e4b', 'qwen3:8b', 'vllm-test', 'gpt-oss:20b'])(
  '%s does not',
  (id) => {
    expect(canSee(talkable(id))).toBe(false)
  },
)

test('What is known of a model goes before its name', () => {
  expect(canSee(talkable('llava', { canSee: false }))).toBe(false)
  expect(canSee(talkable('tiny', { canSee: true }))).toBe(true)
  expect(canSee(talkable('vectors', { kind: 'embedding', canSee: true }))).toBe(false)
})

test('Of files and characters names say nothing', () => {
  const file = {
    path: '/models/llava.gguf',
    format: 'gguf',
    sizeBytes: 1,
    modifiedAt: new Date(0),
    digest: '',
    architecture: 'llava',
    quantization: '',
  }
  expect(canSee(talkable('llava', { file }))).toBe(false)
  expect(canSee(talkable('character:llava', { kind: 'character' }))).toBe(false)
})
