import { type DocumentChat, plainMessage } from '../chat.ts'
import { type ChatReport } from '../chat-report.ts'
import { type JsonRecord, listIn, recordIn, textIn } from '../json.ts'

const INPUT = '{{[INPUT]}}'
const OUTPUT = '{{[OUTPUT]}}'
/** Between the names of several who answer. */
const NEXT_NAME = '||$||'

/** KoboldAI Lite: a story whose parts say whose turn they are. */
export function readKobold(document: JsonRecord, report: ChatReport): DocumentChat[] {
  const settings = recordIn(document['savedsettings'])
  const userName = textIn(settings['chatname']) ?? ''
  const names = (textIn(settings['chatopponent']) ?? '').split(NEXT_NAME)
  const characterName = names[0] ?? ''
  const parts = [document['prompt'], ...listIn(document['actions'])]
  const messages = parts.flatMap((part, index) => {
    const text = textIn(part)
    if (text === undefined && index > 0) report.ignored(`actions[${index - 1}]`, 'is no text')
    const isUser = text?.includes(INPUT) === true
    const said = text?.replaceAll(INPUT, '').replaceAll(OUTPUT, '').trim() ?? ''
    if (said === '') return []
    // `Mira: Hello` where several answer.
    const speaker = names.find((name) => name !== '' && said.startsWith(`${name}:`))
    const content = !isUser && speaker ? said.slice(speaker.length + 1).trim() : said
    const role = isUser ? ('user' as const) : ('assistant' as const)
    return [plainMessage({ role, name: isUser ? userName : (speaker ?? characterName), content })]
  })
  const head = { characterName: characterName || undefined, createdAt: null, authorNote: null }
  return [{ format: 'kobold', head, messages }]
}
