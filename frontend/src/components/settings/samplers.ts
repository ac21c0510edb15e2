import { type ModelSettings } from '#shared/entities.ts'
import { type SamplerPreset } from '#shared/protocol/settings.ts'
import { isSame, toldOnly } from './settings-form.ts'

type NumberKey = {
  [Key in keyof ModelSettings]-?: ModelSettings[Key] extends number | undefined ? Key : never
}[keyof ModelSettings]

interface Sampler {
  readonly key: NumberKey
  readonly label: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly hint: string
}

/** The dials of a model. Left empty, each is as the server has it. */
export const SAMPLERS: readonly Sampler[] = [
  {
    key: 'temperature',
    label: 'Temperature',
    min: 0,
    max: 5,
    step: 0.05,
    hint: 'Higher is less predictable.',
  },
  { key: 'min_p', label: 'Min-p', min: 0, max: 1, step: 0.01, hint: 'Leaves out what is far less likely.' },
  {
    key: 'top_p',
    label: 'Top-p',
    min: 0,
    max: 1,
    step: 0.01,
    hint: 'Keeps the likeliest, up to this share.',
  },
  { key: 'top_k', label: 'Top-k', min: 0, max: 1_000, step: 1, hint: 'Keeps so many of the likeliest.' },
  {
    key: 'repetition_penalty',
    label: 'Repetition penalty',
    min: 0,
    max: 5,
    step: 0.01,
    hint: 'Above 1, less is said twice.',
  },
  {
    key: 'frequency_penalty',
    label: 'Frequency penalty',
    min: -2,
    max: 2,
    step: 0.05,
    hint: 'Against words that came often.',
  },
  {
    key: 'presence_penalty',
    label: 'Presence penalty',
    min: -2,
    max: 2,
    step: 0.05,
    hint: 'Against words that came at all.',
  },
  { key: 'max_tokens', label: 'Longest reply', min: 1, max: 1_000_000, step: 1, hint: 'In tokens.' },
  {
    key: 'seed',
    label: 'Seed',
    min: 0,
    max: 2_147_483_647,
    step: 1,
    hint: 'The same again, where servers can.',
  },
]

/** For those who do not want to turn dials. */
export const BUILT_IN_PRESETS: readonly SamplerPreset[] = [
  { name: 'As the server has it', settings: {} },
  { name: 'Steady', settings: { temperature: 0.6, top_p: 0.9 } },
  { name: 'Lively', settings: { temperature: 1, min_p: 0.05 } },
  { name: 'Daring', settings: { temperature: 1.4, min_p: 0.1 } },
]

/** The name of the preset that says the same as these settings; empty if none does. */
export function presetNameOf(presets: readonly SamplerPreset[], settings: ModelSettings): string {
  return presets.find((preset) => isSame(toldOnly(preset.settings), toldOnly(settings)))?.name ?? ''
}

/** The presets with one more, in the place of one of the same name. */
export function withPreset(presets: readonly SamplerPreset[], preset: SamplerPreset): SamplerPreset[] {
  const others = presets.filter(({ name }) => name !== preset.name)
  return [...others, preset].toSorted((one, other) => one.name.localeCompare(other.name))
}
