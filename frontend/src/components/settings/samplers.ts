import { type ModelSettings } from '#shared/entities.ts'
import { type SamplerPreset } from '#shared/protocol/settings.ts'
import { t } from '../../i18n/index.ts'
import { isSame, toldOnly } from './settings-form.ts'

type NumberKey = {
  [Key in keyof ModelSettings]-?: ModelSettings[Key] extends number | undefined ? Key : never
}[keyof ModelSettings]

interface Sampler {
  readonly key: NumberKey
  readonly min: number
  readonly max: number
  readonly step: number
}

/** The dials of a model. Left empty, each is as the server has it. */
export const SAMPLERS: readonly Sampler[] = [
  {
    key: 'temperature',
    min: 0,
    max: 5,
    step: 0.05,
  },
  { key: 'min_p', min: 0, max: 1, step: 0.01 },
  {
    key: 'top_p',
    min: 0,
    max: 1,
    step: 0.01,
  },
  { key: 'top_k', min: 0, max: 1_000, step: 1 },
  {
    key: 'repetition_penalty',
    min: 0,
    max: 5,
    step: 0.01,
  },
  {
    key: 'frequency_penalty',
    min: -2,
    max: 2,
    step: 0.05,
  },
  {
    key: 'presence_penalty',
    min: -2,
    max: 2,
    step: 0.05,
  },
  { key: 'max_tokens', min: 1, max: 1_000_000, step: 1 },
  {
    key: 'seed',
    min: 0,
    max: 2_147_483_647,
    step: 1,
  },
]

/** For those who do not want to turn dials. */
export const BUILT_IN_PRESETS: readonly SamplerPreset[] = [
  { name: 'As the server has it', settings: {} },
  { name: 'Steady', settings: { temperature: 0.6, top_p: 0.9 } },
  { name: 'Lively', settings: { temperature: 1, min_p: 0.05 } },
  { name: 'Daring', settings: { temperature: 1.4, min_p: 0.1 } },
]

const BUILT_IN_WORDS: Readonly<Record<string, string>> = {
  'As the server has it': 'server',
  Steady: 'steady',
  Lively: 'lively',
  Daring: 'daring',
}

/** What a preset is called in front of people: those that come with Troupe in their language. */
export function presetWords(name: string): string {
  const word = BUILT_IN_WORDS[name]
  return word === undefined ? name : t(`settings.sampling.presets.${word}`)
}

/** The name of the preset that says the same as these settings; empty if none does. */
export function presetNameOf(presets: readonly SamplerPreset[], settings: ModelSettings): string {
  return presets.find((preset) => isSame(toldOnly(preset.settings), toldOnly(settings)))?.name ?? ''
}

/** The presets with one more, in the place of one of the same name. */
export function withPreset(presets: readonly SamplerPreset[], preset: SamplerPreset): SamplerPreset[] {
  const others = presets.filter(({ name }) => name !== preset.name)
  return [...others, preset].toSorted((one, other) => one.name.localeCompare(other.name))
}
