import { expect, it } from 'vitest'
import { type ProtocolClient } from '../support/protocol-client.ts'
import { SeededRandom } from '../support/seeded-random.ts'
import { startTestApp } from '../support/test-app.ts'

const CONNECTIONS = 50
const INTERRUPTS_EACH = 20

/** Everything of an acknowledged epoch that came after its acknowledgement. */
function leaks({ received }: ProtocolClient): string[] {
  let acknowledged = 0
  return received.flatMap((one) => {
    if (one.type === 'frame') return one.frame.epoch <= acknowledged ? [`frame of ${one.frame.epoch}`] : []
    const { event } = one
    if (event.type === 'interrupt_ack') acknowledged = event.data.epoch
    const isStream = event.type.startsWith('text_') || event.type.startsWith('audio_')
    if (!isStream || !('epoch' in event.data)) return []
    return event.data.epoch <= acknowledged ? [`${event.type} of ${event.data.epoch}`] : []
  })
}

it(
  '1000 interrupts over real sockets, all talking at once, let nothing old through',
  { timeout: 300_000 },
  async () => {
    await using app = await startTestApp()
    const clients = await Promise.all(Array.from({ length: CONNECTIONS }, () => app.connect()))
    const random = new SeededRandom(7)
    await Promise.all(
      clients.map(async (client) => {
        for (let round = 1; round <= INTERRUPTS_EACH; round++) {
          client.send('user_message', { text: '@Nora @Felix go on' })
          const after = client.received.length + random.below(12)
          await client.until(
            () => (client.received.length >= after ? true : undefined),
            'something to interrupt',
            30_000,
          )
          client.send('interrupt', {}, `i${round}`)
          await client.event('interrupt_ack', { where: ({ id }) => id === `i${round}`, withinMs: 30_000 })
        }
      }),
    )
    for (const client of clients) {
      await client.event('turn_ended', {
        where: ({ data }) => data.epoch === INTERRUPTS_EACH,
        withinMs: 30_000,
      })
      expect(leaks(client)).toEqual([])
      expect(client.events('turn_started')).toHaveLength(INTERRUPTS_EACH)
      expect(client.events('turn_ended')).toHaveLength(INTERRUPTS_EACH)
      expect(client.events('error')).toEqual([])
      await client[Symbol.asyncDispose]()
    }
  },
)
