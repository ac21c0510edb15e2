import { CharacterDraft, DepthPrompt, type Speaking } from '#shared/entities.ts'
import { type Place, type Places } from '../fields/place.ts'
import {
  flagPlace,
  LINE_LENGTH,
  numberPlace,
  ownPlace,
  readNumber,
  readText,
  readTexts,
  textPlace,
  TEXT_LENGTH,
  writeTexts,
} from '../fields/readings.ts'
import { all, at, set } from '../json/change.ts'
import { isObject, member } from '../json/values.ts'
import { type Path } from '../report.ts'
import { BLANK, type CardFields } from './card-fields.ts'

/** Where the fields of cards of versions 2 and 3 stand: below `data`, or flat in what old tools wrote. */
export function dataPlaces(isThird: boolean): Places<CardFields> {
  const own = placesAt(['data'])
  const flat = aliases(placesAt([]))
  const isOld = (name: string): boolean => name !== 'group_only_greetings' && name !== 'nickname'
  const entries = Object.entries(own).map(([name, places]) => [
    name,
    [
      ...(isThird || isOld(name) ? places : aliased(places)),
      ...(flat as Record<string, readonly Place<unknown>[]>)[name] ?? [],
      ...(isOld(name) ? [] : [ownPlaceOf(['data'], name)]),
    ],
  ])
  // The names are those of the table it was made from.
  return Object.fromEntries(entries) as Places<CardFields>
}

/** Fields that cards of version 1 may have; what else they are given needs a newer version. */
export function flatPlaces(): Places<CardFields> {
  const places = placesAt([])
  return {
    ...aliases(places),
    name: places.name,
    description: places.description,
    personality: places.personality,
    scenario: places.scenario,
    first_message: [...places.first_message, ...alias('first_message', 'greeting', 'char_greeting')],
    message_examples: [
      ...places.message_examples,
      ...alias('message_examples', 'example_dialogue', 'example_dialogs', 'mes_examples'),
    ],
    creator_notes: [filledText(['creatorcomment']), filledText(['creator_notes'])],
    tags: places.tags,
    talkativeness: [numberPlace(['talkativeness'], SHARE), ...aliased(places.talkativeness)],
    is_favourite: [flagPlace(['fav']), ...aliased(places.is_favourite)],
  }
}

/** Pygmalion, and what text-generation-webui made of it. */
export function pygmalionPlaces(): Places<CardFields> {
  const flat = aliases(flatPlaces())
  return {
    ...flat,
    name: [namePlace(['char_name']), ...flat.name],
    description: [textPlace(['char_persona']), ...alias('context'), ...flat.description],
    scenario: [textPlace(['world_scenario']), ...flat.scenario],
    first_message: [textPlace(['char_greeting']), ...flat.first_message],
    message_examples: [textPlace(['example_dialogue']), ...flat.message_examples],
  }
}

/** YAML of text-generation-webui. */
export function textPlaces(): Places<CardFields> {
  const flat = aliases(flatPlaces())
  return { ...flat, description: [...alias('context'), ...flat.description] }
}

const SHARE = { min: 0, max: 1 }

function placesAt(base: Path): Places<CardFields> {
  const text = (name: string): Place<string>[] => [textPlace([...base, name])]
  const line = (name: string): Place<string>[] => [textPlace([...base, name], { longest: LINE_LENGTH })]
  return {
    name: [namePlace([...base, 'name'])],
    description: text('description'),
    personality: text('personality'),
    scenario: text('scenario'),
    first_message: text('first_mes'),
    message_examples: text('mes_example'),
    system_prompt: text('system_prompt'),
    post_history_instructions: text('post_history_instructions'),
    creator: line('creator'),
    character_version: line('character_version'),
    creator_notes: [
      { ...textPlace([...base, 'creator_notes_multilingual', 'en']), isAlias: true },
      ...text('creator_notes'),
    ],
    nickname: [textPlace([...base, 'nickname'], { longest: 200 })].map(trimming),
    tags: [textsPlace([...base, 'tags'], { splits: true, longest: LINE_LENGTH })],
    alternate_greetings: [textsPlace([...base, 'alternate_greetings'])],
    group_only_greetings: [textsPlace([...base, 'group_only_greetings'])],
    talkativeness: [numberPlace([...base, 'extensions', 'talkativeness'], SHARE)],
    is_favourite: [flagPlace([...base, 'extensions', 'fav'])],
    depth_prompt: [depthPromptPlace([...base, 'extensions', 'depth_prompt'])],
    global_roleplay: [ownPlaceOf(base, 'global_roleplay')],
    color: [ownPlaceOf(base, 'color')],
    tools: [ownPlaceOf(base, 'tools')],
    speaking: [speakingPlace(ownPlaceOf(base, 'speaking'))],
  }
}

/** What cards have no word for stands among the extensions, under our name. */
function ownPlaceOf<Name extends keyof CardFields>(base: Path, name: Name | string): Place<CardFields[Name]> {
  const schema = CharacterDraft.shape[name as Name]
  return ownPlace([...base, 'extensions', 'troupe', name], schema as never)
}

/** The ids of voices mean nothing elsewhere. */
function speakingPlace(place: Place<Speaking>): Place<Speaking> {
  return {
    ...place,
    read: (json, note) => {
      const speaking = place.read(json, note)
      return speaking && { ...speaking, narration_voice_id: null, actions_voice_id: null }
    },
  }
}

function namePlace(path: Path): Place<string> {
  return {
    path,
    read: (json, note) => readText(json, note, TEXT_LENGTH)?.trim().slice(0, 200).trim() || undefined,
    write: set,
  }
}

function trimming(place: Place<string>): Place<string> {
  return { ...place, read: (json, note) => place.read(json, note)?.trim() }
}

function filledText(path: Path): Place<string> {
  return { path, read: (json, note) => readText(json, note) || undefined, write: set }
}

function textsPlace(path: Path, options: Parameters<typeof readTexts>[2] = {}): Place<string[]> {
  return { path, read: (json, note) => readTexts(json, note, options), write: writeTexts }
}

/** SillyTavern writes one into each card, mostly an empty one. */
function depthPromptPlace(path: Path): Place<CardFields['depth_prompt']> {
  return {
    path,
    read: (json, note) => {
      if (!isObject(json)) return undefined
      const text = readText(member(json, 'prompt') ?? '', note)
      const depth = readNumber(member(json, 'depth') ?? 4, note, { min: 0, max: 1_000, isWhole: true }) ?? 4
      const role = DepthPrompt.shape.role.safeParse(member(json, 'role')).data ?? 'system'
      return text ? { text, depth, role } : null
    },
    write: (prompt) =>
      prompt
        ? all([
            at(['prompt'], set(prompt.text)),
            at(['depth'], set(prompt.depth)),
            at(['role'], set(prompt.role)),
          ])
        : at(['prompt'], set('')),
  }
}

function alias(...names: string[]): Place<string>[] {
  return names.map((name) => textPlace([name], { isAlias: true }))
}

function aliased<Value>(places: readonly Place<Value>[]): Place<Value>[] {
  return places.map((place) => ({ ...place, isAlias: true }))
}

function aliases(places: Places<CardFields>): Places<CardFields> {
  const entries = Object.entries(places).map(([name, some]) => [name, aliased<unknown>(some)])
  return Object.fromEntries(entries) as Places<CardFields>
}

/** Which fields there are, whatever the layout. */
export const FIELD_NAMES = Object.keys(BLANK)
