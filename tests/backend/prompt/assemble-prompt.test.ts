import { describe, expect, it } from 'vitest'
import { assemblePrompt } from '../../../backend/prompt/assemble-prompt.ts'
import { card, felix, nora, promptInput, said, written } from '../../support/prompts.ts'

describe('x', () => {
  it('y', () => {
    console.log(written(assemblePrompt(promptInput())))
    const n = card('Nora', {
      description: '{{char}} likes {{user}}.',
      personality: 'Dry. Patient.',
      message_examples: '<START>\n{{user}}: Hi\n{{char}}: Yo',
      scenario: 'A harbour',
      post_history_instructions: 'Be brief, {{char}}.',
    })
    console.log(
      written(
        assemblePrompt(
          promptInput({
            speaker: n,
            cast: [n, felix],
            history: [
              said('Sam', 'Hello'),
              said(felix, 'Hi.'),
              said(n, 'Good eve', { is_interrupted: true }),
              said('Sam', 'Ah'),
            ],
          }),
        ),
      ),
    )
    const r = assemblePrompt(
      promptInput({
        speaker: n,
        cast: [n],
        history: [said(n, 'Welcome'), said('Sam', 'Ah')],
        model: { id: 'm', contextTokens: 8000, canUseTools: false, roles: 'no_system' },
      }),
    )
    console.log(written(r), r.stops, r.trace, r.memory)
    expect(nora.name).toBe('Nora')
  })
})
