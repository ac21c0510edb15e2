import { type DocumentChat } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { type JsonRecord, listIn, recordIn, textIn } from '../json.ts'
import { readAgnai } from './agnai.ts'
import { readCai } from './cai.ts'
import { readKobold } from './kobold.ts'
import { readList } from './message-list.ts'
import { readOoba } from './ooba.ts'
import { readRisu } from './risu.ts'

/**
 * The chats in a JSON document of any program that is known, by what only it writes.
 * @returns none, if nobody knows it.
 */
export function readDocument(json: unknown, report: ChatReport): DocumentChat[] {
  if (Array.isArray(json)) return readList(json)
  const document = recordIn(json)
  const read = READERS.find(({ fits }) => fits(document))
  return read?.read(document, report) ?? []
}

const READERS: readonly {
  readonly fits: (document: JsonRecord) => boolean
  readonly read: (document: JsonRecord, report: ChatReport) => DocumentChat[]
}[] = [
  { fits: ({ type }) => textIn(type)?.startsWith('risu') === true, read: readRisu },
  {
    fits: ({ savedsettings, actions }) => Boolean(savedsettings) && Array.isArray(actions),
    read: readKobold,
  },
  { fits: ({ histories }) => listIn(recordIn(histories)['histories']).length > 0, read: readCai },
  { fits: ({ data_visible, visible }) => Array.isArray(data_visible ?? visible), read: readOoba },
  { fits: ({ messages }) => listIn(messages).some((one) => 'msg' in recordIn(one)), read: readAgnai },
  { fits: ({ messages }) => Array.isArray(messages), read: ({ messages }) => readList(listIn(messages)) },
]
