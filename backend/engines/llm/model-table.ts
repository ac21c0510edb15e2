import { type ModelInfo } from './model-info.ts'

/**
 * What models are known for, by name; the first match counts. Context lengths stand here for hosted models alone: of
 * open ones the server decides. No prices: they change faster than programs.
 */
const TABLE: readonly (readonly [RegExp, ModelInfo])[] = [
  [/\bgpt-5/u, { contextTokens: 272_000, roles: 'free', canUseTools: true }],
  [/\bgpt-4\.1/u, { contextTokens: 1_047_576, roles: 'free', canUseTools: true }],
  [/\b(?:gpt-4o|chatgpt-4o|gpt-4-turbo)/u, { contextTokens: 128_000, roles: 'free', canUseTools: true }],
  [/\bo[134](?:-|$)/u, { contextTokens: 200_000, roles: 'free', canUseTools: true }],
  [/\bgpt-4/u, { contextTokens: 8_192, roles: 'free', canUseTools: true }],
  [/\bgpt-3\.5-turbo-instruct/u, { contextTokens: 4_096, template: 'plain' }],
  [/\bgpt-3\.5/u, { contextTokens: 16_385, roles: 'free', canUseTools: true }],
  [/\bgpt-oss/u, { roles: 'one_system', canUseTools: true }],
  [/\bclaude/u, { contextTokens: 200_000, roles: 'free', canUseTools: true }],
  [/\bgemini/u, { contextTokens: 1_048_576, roles: 'free', canUseTools: true }],
  [/\bgrok/u, { contextTokens: 131_072, roles: 'free', canUseTools: true }],
  [/\bdeepseek-(?:chat|reasoner)/u, { contextTokens: 64_000, roles: 'free', canUseTools: true }],
  [
    /\b(?:mistral|ministral|mixtral|magistral|codestral|pixtral|devstral)/u,
    { roles: 'strict', canUseTools: true },
  ],
  [/\bgemma-?2|\bgemma:|\bgemma-(?:2b|7b)/u, { roles: 'no_system', canUseTools: false }],
  [/\bgemma/u, { roles: 'strict' }],
  [/\bcommand-[ar]/u, { roles: 'strict', canUseTools: true }],
  [/\bllama-?2/u, { roles: 'strict', canUseTools: false }],
  [/\bllama-?3(?:[.:-]?0|:|-8b|-70b|$)/u, { roles: 'free', canUseTools: false }],
  [/\bllama/u, { roles: 'free', canUseTools: true }],
  [/\bqwen-?3\.5/u, { roles: 'one_system', canUseTools: true }],
  [/\b(?:qwen|qwq)/u, { roles: 'free', canUseTools: true }],
  [/\b(?:hermes|dolphin|openhermes|smollm|phi-?4)/u, { roles: 'free' }],
]

export function tableInfoOf(id: string): ModelInfo | undefined {
  const name = id.toLowerCase()
  return TABLE.find(([pattern]) => pattern.test(name))?.[1]
}
