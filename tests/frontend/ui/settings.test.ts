import { describe, expect, it } from 'vitest'
import { type LlmSettings } from '#shared/protocol/settings.ts'
import {
  BUILT_IN_PRESETS,
  presetNameOf,
  withPreset,
} from '../../../frontend/src/components/settings/samplers.ts'
import {
  draftOf,
  formOf,
  isSame,
  moved,
  patchOf,
} from '../../../frontend/src/components/settings/settings-form.ts'

const kept: LlmSettings = {
  llm: 'auto',
  llm_base_url: 'http://127.0.0.1:11434/v1',
  has_api_key: true,
  llm_model: 'small',
  llm_fallbacks: [{ model: 'smaller', has_api_key: false }],
  llm_settings: { temperature: 0.7 },
  llm_presets: [],
  fixed: {},
  needs_restart: false,
  engine: { name: 'openai', ready: true },
}

describe('patchOf()', () => {
  it('sends nothing where nothing was changed', () => {
    expect(patchOf(formOf(kept), kept)).toEqual({})
  })

  it('sends only what is different; what was emptied goes back to the default', () => {
    const form = { ...formOf(kept), model: ' ', contextTokens: 8_192 }
    expect(patchOf(form, kept)).toEqual({ llm_model: null, llm_context_tokens: 8_192 })
  })

  it('sends a key that was typed, or that it is to be forgotten, and else is silent about it', () => {
    expect(patchOf({ ...formOf(kept), apiKey: ' sk-1 ' }, kept)).toEqual({ llm_api_key: 'sk-1' })
    expect(patchOf({ ...formOf(kept), isKeyDropped: true }, kept)).toEqual({ llm_api_key: null })
  })

  it('sends the fallbacks in their order, without empty ones', () => {
    const form = formOf(kept)
    form.fallbacks = [
      { model: 'large', baseUrl: 'https://a.example/v1', apiKey: 'k', hasKey: false },
      { model: '', baseUrl: '', apiKey: '', hasKey: false },
      ...form.fallbacks,
    ]
    expect(patchOf(form, kept)).toEqual({
      llm_fallbacks: [
        { model: 'large', base_url: 'https://a.example/v1', api_key: 'k' },
        { model: 'smaller' },
      ],
    })
  })
})

describe('draftOf()', () => {
  it('leaves the address out while it is the one whose key is kept', () => {
    expect(draftOf(formOf(kept), kept)).not.toHaveProperty('llm_base_url')
    const elsewhere = { ...formOf(kept), baseUrl: 'http://127.0.0.1:1/v1' }
    expect(draftOf(elsewhere, kept)).toMatchObject({ llm_base_url: 'http://127.0.0.1:1/v1' })
  })

  it('does not ask for what the environment decides', () => {
    const fixed = { ...kept, fixed: { llm_model: 'TROUPE_LLM_MODEL' } }
    expect(draftOf(formOf(fixed), fixed)).not.toHaveProperty('llm_model')
  })
})

describe('moved()', () => {
  it('changes places with a neighbour, and stays at the ends', () => {
    expect(moved(['a', 'b', 'c'], 1, 1)).toEqual(['a', 'c', 'b'])
    expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
    expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
  })
})

describe('presets', () => {
  it('are known again by what they say, in whatever order', () => {
    expect(presetNameOf(BUILT_IN_PRESETS, { min_p: 0.05, temperature: 1 })).toBe('Lively')
    expect(presetNameOf(BUILT_IN_PRESETS, { temperature: 0.123 })).toBe('')
    expect(isSame({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true)
    expect(isSame({ a: 1 }, { a: 2 })).toBe(false)
  })

  it('of the same name take the place of the old one', () => {
    const one = { name: 'Whisper', settings: { temperature: 0.2 } }
    const other = { name: 'Whisper', settings: { temperature: 0.4 } }
    expect(withPreset([one], other)).toEqual([other])
  })
})
