import { type ChatMessage, type DocumentChat, plainMessage } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { readDate } from '../dates.ts'
import { type JsonRecord, listIn, recordIn, textIn } from '../json.ts'

/** What stands for the user where the character began. */
const NOT_SAID = new Set(['', '<|BEGIN-VISIBLE-CHAT|>'])

/** text-generation-webui: pairs of what the user said and what was answered. */
export function readOoba(document: JsonRecord, report: ChatReport): DocumentChat[] {
  const metadata = recordIn(document['metadata'])
  const characterName = textIn(document['name2'])
  const pairs = listIn(document['data_visible'] ?? document['visible'])
  const messages = pairs.flatMap((pair, index): ChatMessage[] => {
    if (!Array.isArray(pair)) {
      report.ignored(`visible[${index}]`, 'is no pair of messages')
      return []
    }
    const dateOf = (who: string): Date | null => readDate(recordIn(metadata[`${who}_${index}`])['timestamp'])
    const [asked, answered] = listIn(pair).map((text) => unescaped(textIn(text) ?? ''))
    const said: ChatMessage[] = []
    if (asked !== undefined && !NOT_SAID.has(asked)) {
      const name = textIn(document['name1']) ?? ''
      said.push(plainMessage({ role: 'user', name, content: asked, sentAt: dateOf('user') }))
    }
    if (answered !== undefined && answered !== '') {
      const name = characterName ?? ''
      said.push(plainMessage({ role: 'assistant', name, content: answered, sentAt: dateOf('assistant') }))
    }
    return said
  })
  return [{ format: 'ooba', head: { characterName, createdAt: null, authorNote: null }, messages }]
}

/** It keeps what is shown as HTML. */
function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|#x27|#39);/gu, (entity) => ENTITIES[entity] ?? entity)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#x27;': "'",
  '&#39;': "'",
}
