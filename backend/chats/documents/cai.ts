import { type DocumentChat, plainMessage } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { readDate } from '../dates.ts'
import { type JsonRecord, listIn, recordIn, textIn } from '../json.ts'

/** CAI Tools: all chats with one character. */
export function readCai(document: JsonRecord, report: ChatReport): DocumentChat[] {
  const character = recordIn(recordIn(document['info'])['character'])
  const characterName = textIn(character['name'])
  const chats = listIn(recordIn(document['histories'])['histories']).map(recordIn)
  return chats.map((chat, index) => {
    const messages = listIn(chat['msgs']).flatMap((one, place) => {
      const { src, text, created } = recordIn(one)
      const content = textIn(text)
      if (content === undefined) {
        report.ignored(`histories[${index}].msgs[${place}]`, 'has no text')
        return []
      }
      const source = recordIn(src)
      const isUser = source['is_human'] === true
      const name = textIn(source['name']) ?? (isUser ? '' : (characterName ?? ''))
      const role = isUser ? ('user' as const) : ('assistant' as const)
      return [plainMessage({ role, name, content, sentAt: readDate(created) })]
    })
    return {
      format: 'cai',
      head: { characterName, createdAt: readDate(chat['created']), authorNote: null },
      messages,
    }
  })
}
