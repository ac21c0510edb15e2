import { DepthPrompt, type Speaking } from '#shared/entities.ts'
import { type Place, type Places, type Table } from '../fields/place.ts'
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
import { CARD_FIELD_NAMES, someCardFields, type CardFields } from './card-fields.ts'

/** Cards of versions 2 and 3: below `data`, or flat in what old tools wrote. */
export function dataTable(isThird: boolean): Table<CardFields> {
  const { nickname, group_only_greetings, ...second } = placesAt(['data'])
  const third = { nickname, group_only_greetings }
  const own = { ...second, ...ownPlacesAt(['data']) }
  return {
    names: CARD_FIELD_NAMES,
    own: isThird ? { ...own, ...third } : own,
    aliases: [third, { ...placesAt([]), ...FLAT_EXTRAS }],
    spare: { place: (name) => ownPlace(['data', 'extensions', 'troupe'], name, someCardFields) },
  }
}

/** Cards of version 1. What else they are given needs a newer version. */
export function flatTable(): Table<CardFields> {
  const { name, description, personality, scenario, first_message, message_examples, tags } = placesAt([])
  return {
    names: CARD_FIELD_NAMES,
    own: { name, description, personality, scenario, first_message, message_examples, tags, ...FLAT_EXTRAS },
    aliases: [placesAt([]), ownPlacesAt([]), OTHER_NAMES],
  }
}

/** Pygmalion, and the YAML of text-generation-webui. */
export function pygmalionTable(): Table<CardFields> {
  const flat = flatTable()
  return {
    names: CARD_FIELD_NAMES,
    own: {
      name: [namePlace(['char_name'])],
      description: [textPlace(['char_persona'])],
      scenario: [textPlace(['world_scenario'])],
      first_message: [textPlace(['char_greeting'])],
      message_examples: [textPlace(['example_dialogue'])],
    },
    aliases: [{ description: [textPlace(['context'])] }, flat.own, ...flat.aliases],
  }
}

const SHARE = { min: 0, max: 1 }

/** What cards of version 1 may have beside their six fields. */
const FLAT_EXTRAS: Places<CardFields> = {
  creator_notes: [filledText(['creatorcomment']), filledText(['creator_notes'])],
  talkativeness: [numberPlace(['talkativeness'], SHARE)],
  is_favourite: [flagPlace(['fav'])],
}

/** What other programs call it. */
const OTHER_NAMES: Places<CardFields> = {
  first_message: ['first_message', 'greeting', 'char_greeting'].map((name) => textPlace([name])),
  message_examples: ['message_examples', 'example_dialogue', 'example_dialogs', 'mes_examples'].map((name) =>
    textPlace([name]),
  ),
}

function placesAt(base: Path): Required<Places<Omit<CardFields, OwnName>>> {
  const text = (name: string): Place<string>[] => [textPlace([...base, name])]
  const line = (name: string): Place<string>[] => [textPlace([...base, name], { longest: LINE_LENGTH })]
  const texts = (name: string): Place<string[]>[] => [textsPlace([...base, name])]
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
    alternate_greetings: texts('alternate_greetings'),
    group_only_greetings: texts('group_only_greetings'),
    talkativeness: [numberPlace([...base, 'extensions', 'talkativeness'], SHARE)],
    is_favourite: [flagPlace([...base, 'extensions', 'fav'])],
    depth_prompt: [depthPromptPlace([...base, 'extensions', 'depth_prompt'])],
  }
}

type OwnName = 'global_roleplay' | 'color' | 'tools' | 'speaking'

/** What cards have no word for stands among the extensions, under our name. */
function ownPlacesAt(base: Path): Required<Places<Pick<CardFields, OwnName>>> {
  const own = <Name extends OwnName>(name: Name): Place<CardFields[Name]>[] => [
    ownPlace([...base, 'extensions', 'troupe'], name, someCardFields),
  ]
  return {
    global_roleplay: own('global_roleplay'),
    color: own('color'),
    tools: own('tools'),
    speaking: own('speaking').map(speakingPlace),
  }
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
