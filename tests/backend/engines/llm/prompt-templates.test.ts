import { expect, test } from 'vitest'
import { type ChatMessage } from '../../../../backend/engines/contracts.ts'
import { PROMPT_TEMPLATES } from '../../../../backend/config.ts'
import { renderPrompt, type TemplateName } from '../../../../backend/engines/llm/prompt-templates.ts'

const MESSAGES: ChatMessage[] = [
  { role: 'system', content: 'You are Ada.' },
  { role: 'user', content: 'Hello.' },
  { role: 'assistant', content: 'Good evening.' },
  { role: 'user', content: 'Who are you?' },
]

const EXPECTED: Record<TemplateName, string> = {
  chatml:
    '<|im_start|>system\nYou are Ada.<|im_end|>\n<|im_start|>user\nHello.<|im_end|>\n<|im_start|>assistant\nGood evening.<|im_end|>\n<|im_start|>user\nWho are you?<|im_end|>\n<|im_start|>assistant\n',
  llama3:
    '<|start_header_id|>system<|end_header_id|>\n\nYou are Ada.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nHello.<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nGood evening.<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nWho are you?<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n',
  mistral: '[INST] You are Ada.\n\nHello. [/INST] Good evening.</s>[INST] Who are you? [/INST]',
  gemma:
    '<start_of_turn>user\nYou are Ada.\n\nHello.<end_of_turn>\n<start_of_turn>model\nGood evening.<end_of_turn>\n<start_of_turn>user\nWho are you?<end_of_turn>\n<start_of_turn>model\n',
  alpaca:
    'You are Ada.\n\n### Instruction:\nHello.\n\n### Response:\nGood evening.\n\n### Instruction:\nWho are you?\n\n### Response:\n',
  vicuna: 'You are Ada.\n\nUSER: Hello.\nASSISTANT: Good evening.\nUSER: Who are you?\nASSISTANT:',
  plain: 'You are Ada.\nHello.\nGood evening.\nWho are you?\n',
}

test.each(PROMPT_TEMPLATES)('renderPrompt() writes a conversation as %s models know it', (name) => {
  expect(renderPrompt(name, MESSAGES).prompt).toBe(EXPECTED[name])
})

test.each(PROMPT_TEMPLATES)('renderPrompt() lets %s models continue what they have begun', (name) => {
  const { prompt } = renderPrompt(name, [...MESSAGES, { role: 'assistant', content: 'I am' }])
  expect(prompt.endsWith('I am')).toBe(true)
})

test('renderPrompt() tells what ends a turn', () => {
  expect(renderPrompt('llama3', MESSAGES).stops).toEqual(['<|eot_id|>', '<|start_header_id|>'])
  expect(renderPrompt('plain', MESSAGES).stops).toEqual([])
})
