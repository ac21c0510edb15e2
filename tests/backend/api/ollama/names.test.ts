import { expect, test } from 'vitest'
import { type Talkable } from '../../../../backend/api/core/contract.ts'
import { listedNames, tagged, untagged } from '../../../../backend/api/ollama/names.ts'

function talkable(id: string, ...aliases: string[]): Talkable {
  return {
    id,
    aliases,
    kind: id.startsWith('character:') ? 'character' : 'model',
    name: id,
    description: '',
    createdAt: new Date(0),
    contextTokens: Infinity,
    canUseTools: false,
    canThink: false,
    state: 'loaded',
  }
}

test('What has no tag is the latest', () => {
  const names = ['llama3.1', 'llama3.1:8b', 'hf.co/owner/repo', 'localhost:5000/owner/model']
  expect(names.map(tagged)).toEqual([
    'llama3.1:latest',
    'llama3.1:8b',
    'hf.co/owner/repo:latest',
    'localhost:5000/owner/model:latest',
  ])
  expect(['llama3.1:latest', 'nova:LATEST', 'llama3.1:8b'].map(untagged)).toEqual([
    'llama3.1',
    'nova',
    'llama3.1:8b',
  ])
})

test('Characters are listed by name, those of the same name by their ids', () => {
  const all = [
    talkable('gpt-4o', 'default'),
    talkable('character:1', 'character:nova'),
    talkable('character:2', 'character:ada'),
    talkable('character:3', 'character:nova'),
    talkable('character:4'),
  ]
  expect([...listedNames(all).values()]).toEqual([
    'gpt-4o:latest',
    'character:1',
    'character:ada',
    'character:3',
    'character:4',
  ])
})
