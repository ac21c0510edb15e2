import { type Conversation } from '#shared/entities.ts'
import { type TroupeClient } from './client.ts'
import { CliError, EXIT } from './exit.ts'
import { allConversations } from './paged.ts'

const LAST = 'last'
/** Fewer characters name a conversation by chance. */
const MIN_PREFIX = 4

/**
 * The conversation that is meant: `last`, an id or the start of one, or a title.
 * @throws CliError that says what there is.
 */
export async function chooseSession(client: TroupeClient, given: string): Promise<Conversation> {
  const found: Conversation[] = []
  for await (const conversation of allConversations(client)) {
    if (given === LAST || conversation.conversation_id === given) return conversation
    if (isMeant(conversation, given)) found.push(conversation)
  }
  const [only, ...others] = found
  if (only && others.length === 0) return only
  if (!only) {
    const reason = given === LAST ? 'there are no sessions yet' : `there is no session "${given}"`
    throw new CliError(EXIT.failure, `Cannot open it: ${reason}; "troupe sessions list" shows what there is`)
  }
  const ids = found.slice(0, 5).map(({ conversation_id }) => conversation_id)
  throw new CliError(
    EXIT.failure,
    `"${given}" could be ${found.length} sessions (${ids.join(', ')}${found.length > 5 ? ', …' : ''}); give more of the id`,
  )
}

function isMeant({ conversation_id, title }: Conversation, given: string): boolean {
  const isPrefix = given.length >= MIN_PREFIX && conversation_id.startsWith(given.toLowerCase())
  return isPrefix || title.toLowerCase() === given.trim().toLowerCase()
}
