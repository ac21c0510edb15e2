import { type ChatMessage, type DocumentChat, MAX_TEXT_CHARACTERS, plainMessage } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { readDate } from '../dates.ts'
import { countIn, type JsonRecord, listIn, recordIn, textIn } from '../json.ts'

/** RisuAI: one chat (`risuChat`), or all of a character (`risuAllChats`). */
export function readRisu(document: JsonRecord, report: ChatReport): DocumentChat[] {
  const { data } = document
  return (Array.isArray(data) ? listIn(data) : [data]).map((chat) => readChat(recordIn(chat), report))
}

function readChat(chat: JsonRecord, report: ChatReport): DocumentChat {
  const all = listIn(chat['message']).map(recordIn)
  const hiddenBefore = all.findLastIndex((message) => message['disabled'] === 'allBefore')
  const messages = all.flatMap((message, index): ChatMessage[] => {
    const content = textIn(message['data'])
    if (content === undefined) {
      report.ignored(`message[${index}]`, 'has no text')
      return []
    }
    const isComment = message['isComment'] === true
    const role = message['role'] === 'user' ? ('user' as const) : ('assistant' as const)
    return [
      plainMessage({
        role: isComment ? 'system' : role,
        name: textIn(message['name']) ?? '',
        content,
        is_excluded: isComment || message['disabled'] === true || index < hiddenBefore,
        sentAt: readDate(message['time']),
      }),
    ]
  })
  if (countIn(chat['fmIndex']) !== undefined || chat['fmIndex'] === -1) {
    report.ignored('fmIndex', 'the greeting is in the card, not in the chat; the chat begins behind it')
  }
  const note = textIn(chat['note']) ?? ''
  return {
    format: 'risu',
    head: {
      title: textIn(chat['name']),
      createdAt: readDate(chat['date']),
      authorNote:
        note.trim() === '' ? null : { text: note.slice(0, MAX_TEXT_CHARACTERS), depth: 4, role: 'system' },
    },
    messages,
  }
}
