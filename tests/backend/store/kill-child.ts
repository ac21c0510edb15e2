import { systemClock } from '../../../backend/lib/clock.ts'
import { openSqliteStore } from '../../../backend/store/sqlite/sqlite-store.ts'
import { aConversation, aMessage } from './support.ts'

/** Writes messages until it is killed, telling the parent of each one that is saved. */
const [file = '', prefix = ''] = process.argv.slice(2)
const store = await openSqliteStore({ file, clock: systemClock })
const { conversation_id } = await store.conversations.ensure('killed', aConversation())
for (let count = 0; ; count++) {
  const content = `${prefix}-${count} ${'word '.repeat(count % 200)}`
  const { message_id } = await store.messages.create(aMessage(conversation_id, content))
  if (count % 3 === 0) await store.messages.update({ message_id, content: `${content}!` })
  process.send?.({ message_id, content: count % 3 === 0 ? `${content}!` : content })
  await new Promise((resolve) => setImmediate(resolve))
}
