import { createHash } from 'node:crypto'
import { type CharacterHead, type ModelFileInfo, type RunnerInfo } from '#shared/entities.ts'
import { type ModelProfile } from '../../engines/contracts.ts'
import { type ModelFile, type Talkable } from './contract.ts'

/** How characters are told from models. */
export const CHARACTER_PREFIX = 'character:'
/** Whichever model answers where none is named. */
const STANDARD_ALIAS = 'default'

const EMBEDDING = /embed|(?:^|[/_-])(?:bge|gte|e5|minilm)(?=[-_.:]|$)/iu
/** Nobody tells, so their names have to. */
const THINKING = /deepseek-r|qwq|qwen3|gpt-oss|magistral|thinking|reason|(?:^|\/)o[134](?:-|$)/iu

export function isEmbeddingModel(id: string): boolean {
  return EMBEDDING.test(id)
}

/** A model on a server: when it came there is not known, so it counts as seen when this process began. */
export function talkableModel(
  profile: ModelProfile,
  { standardId, since }: { standardId: string | undefined; since: Date },
): Talkable {
  const { id, contextTokens, canUseTools, isLanguageModel } = profile
  return {
    id,
    aliases: id === standardId ? [STANDARD_ALIAS] : [],
    kind: isEmbeddingModel(id) ? 'embedding' : 'model',
    name: id,
    description: isLanguageModel ? '' : 'Answers with prepared lines: no language model is set up.',
    createdAt: since,
    contextTokens,
    canUseTools,
    canThink: THINKING.test(id),
    ...sightOf(profile),
    state: 'loaded',
  }
}

/** A model of which nothing is known but that it does not chat. */
export function talkableEmbedder(id: string, since: Date): Talkable {
  return {
    id,
    aliases: [],
    kind: 'embedding',
    name: id,
    description: '',
    createdAt: since,
    contextTokens: Infinity,
    canUseTools: false,
    canThink: false,
    state: 'loaded',
  }
}

export function talkableCharacter(head: CharacterHead, profile: ModelProfile): Talkable {
  const { id, name, nickname, tagline, created_at } = head
  const slugs = [name, nickname].map(slugOf).filter((slug) => slug !== '')
  return {
    id: `${CHARACTER_PREFIX}${id}`,
    aliases: [...new Set(slugs)].map((slug) => `${CHARACTER_PREFIX}${slug}`),
    kind: 'character',
    name,
    description: tagline,
    createdAt: new Date(created_at),
    contextTokens: profile.contextTokens,
    canUseTools: profile.canUseTools,
    canThink: false,
    state: 'loaded',
  }
}

const STATES = {
  stopped: 'not_loaded',
  failed: 'not_loaded',
  stopping: 'not_loaded',
  starting: 'loading',
  ready: 'loaded',
} as const

/** Undefined for runners that nobody can talk to, e.g. recognisers of speech. */
export function talkableRunner(
  runner: RunnerInfo,
  { profile, file, since }: { profile: ModelProfile; file: ModelFileInfo | undefined; since: Date },
): Talkable | undefined {
  const isChat = runner.offers.includes('chat')
  if (!isChat && !runner.offers.includes('embeddings')) return undefined
  const known = file && fileOf(file)
  return {
    id: runner.id,
    aliases: runner.aliases,
    kind: isChat ? 'model' : 'embedding',
    name: file?.name ?? runner.id,
    description: '',
    createdAt: known?.modifiedAt ?? since,
    contextTokens: profile.contextTokens,
    canUseTools: profile.canUseTools,
    canThink: THINKING.test(runner.id) || /<think>|enable_thinking/u.test(known?.chatTemplate ?? ''),
    state: STATES[runner.state],
    ...sightOf(profile),
    ...(known ? { file: known } : {}),
  }
}

function sightOf({ canSee }: ModelProfile): Pick<Talkable, 'canSee'> {
  return canSee === undefined ? {} : { canSee }
}

/** `Captain Nova` → `captain-nova`. */
export function slugOf(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replaceAll(/^-|-$/gu, '')
}

function fileOf(info: ModelFileInfo): ModelFile {
  const { path, size_bytes: sizeBytes, modified_at } = info
  return {
    path,
    format: 'gguf',
    sizeBytes,
    modifiedAt: new Date(modified_at),
    // It only has to change with the file: nobody waits until gigabytes are hashed.
    digest: createHash('sha256').update(`${path}\n${sizeBytes}\n${modified_at}`).digest('hex'),
    architecture: info.architecture ?? '',
    quantization: info.quantization ?? '',
    ...(info.parameter_count === undefined ? {} : { parameterCount: info.parameter_count }),
    ...(info.context_length === undefined ? {} : { contextLength: info.context_length }),
    ...(info.embedding_length === undefined ? {} : { embeddingLength: info.embedding_length }),
    ...(info.chat_template === undefined ? {} : { chatTemplate: info.chat_template }),
  }
}
