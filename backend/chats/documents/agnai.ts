import { type ChatWording, type DocumentChat, plainMessage } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { readDate } from '../dates.ts'
import { type JsonRecord, listIn, recordIn, textIn } from '../json.ts'

/** Agnai: a list of messages; other answers to the same are `retries`. */
export function readAgnai(document: JsonRecord, report: ChatReport): DocumentChat[] {
  const messages = listIn(document['messages']).flatMap((one, index) => {
    const message = recordIn(one)
    const content = textIn(message['msg'])
    if (content === undefined) {
      report.ignored(`messages[${index}]`, 'has no text')
      return []
    }
    const isUser = (textIn(message['userId']) ?? '') !== ''
    const name = textIn(message['handle']) ?? textIn(message['name']) ?? ''
    const role = isUser ? ('user' as const) : ('assistant' as const)
    const read = plainMessage({ role, name, content, sentAt: readDate(message['createdAt']) })
    const retries = listIn(message['retries']).flatMap((retry): ChatWording[] => {
      const text = textIn(retry)
      return text === undefined ? [] : [{ content: text, sentAt: null, generation: null }]
    })
    return [{ ...read, wordings: [...read.wordings, ...retries] }]
  })
  const title = textIn(document['name'])
  const head = { title, createdAt: readDate(document['createdAt']), authorNote: null }
  return [{ format: 'agnai', head, messages }]
}
