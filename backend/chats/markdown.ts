import { type Conversation } from '#shared/entities.ts'
import { type WholeMessage } from '../store/contract.ts'

/** A conversation for reading: who said what, on which day; what nobody heard is struck through. */
export async function* writeMarkdown(
  { title, created_at }: Pick<Conversation, 'title' | 'created_at'>,
  messages: AsyncIterable<readonly WholeMessage[]>,
): AsyncGenerator<string> {
  yield `# ${title || 'Untitled conversation'}\n\n_${moment(created_at)}_\n`
  let day = ''
  for await (const piece of messages) {
    for (const message of piece) {
      const its = message.created_at.slice(0, 10)
      if (its !== day) yield `\n## ${its}\n`
      day = its
      yield `\n${lineOf(message)}\n`
    }
  }
}

function lineOf({ name, role, content, unheard, is_interrupted, created_at }: WholeMessage): string {
  const rest = unheard.trim() === '' ? '—' : `~~${unheard.trim()}~~ —`
  const cut = is_interrupted ? ` ${rest}` : ''
  return `**${name || role}** · ${created_at.slice(11, 16)}\n\n${content.trim()}${cut}`
}

function moment(date: string): string {
  return `${date.slice(0, 10)} ${date.slice(11, 16)} UTC`
}
