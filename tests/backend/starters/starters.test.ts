import { expect, test } from 'vitest'
import { CharacterDraft, ConversationDraft, MessageDraft, VoiceDraft } from '#shared/entities.ts'
import { starters } from '../../../backend/starters/starters.ts'

const { voices, characters, conversation, messages } = starters

test('starters hold four active characters who speak with voices of their own', () => {
  expect(characters.map(({ name }) => name)).toEqual(['Nora', 'Felix', 'Iris', 'Hugo'])
  expect(characters.every((character) => character.is_active)).toBe(true)
  const voiceIds = voices.map((voice) => voice.voice_id)
  expect(characters.map((character) => character.voice_id)).toEqual(voiceIds)
  expect(new Set(voices.map((voice) => JSON.stringify(voice.settings))).size).toBe(4)
})

test('starters are valid drafts', () => {
  for (const { voice_id: _, ...draft } of voices) expect(VoiceDraft.parse(draft)).toEqual(draft)
  for (const character of characters) expect(CharacterDraft.parse(character).name).toBe(character.name)
  expect(ConversationDraft.parse(conversation).active_characters).toHaveLength(4)
  for (const message of messages) expect(MessageDraft.parse(message)).toEqual(message)
})

test('every starter character is complete enough for a real language model', () => {
  for (const character of characters) {
    const { description, personality, scenario, first_message, message_examples } = character
    for (const text of [description, personality, scenario, first_message, message_examples]) {
      expect(text.length).toBeGreaterThan(60)
    }
    expect(character.system_prompt).toContain('{{char}}')
    expect(character.alternate_greetings.length).toBeGreaterThanOrEqual(3)
    expect(character.color).toMatch(/^#[0-9a-f]{6}$/)
    expect(character.id).toBe(`${character.name.toLowerCase()}-001`)
  }
  expect(new Set(characters.map((character) => character.color)).size).toBe(4)
})

test('the starter conversation is opened by members of its cast', () => {
  expect(conversation.active_characters).toEqual(characters.map(({ id }) => id))
  for (const message of messages) {
    expect(message.conversation_id).toBe(conversation.conversation_id)
    expect(characters.find(({ id }) => id === message.character_id)?.name).toBe(message.name)
  }
})
