import { expect, it, vi } from 'vitest'
import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ConversationEvent } from '#shared/protocol/events.ts'
import { type ClientLink } from '../../backend/pipeline/client-link.ts'
import { type Turn } from '../../backend/pipeline/turn.ts'
import { findFaultySeed } from '../support/interleavings.ts'

/** A gate that counts epochs but stands open. */
vi.mock('../../backend/pipeline/turn-gate.ts', () => ({
  TurnGate: class {
    readonly #link: ClientLink
    #epoch = 0
    constructor(link: ClientLink) {
      this.#link = link
    }
    open = () => ++this.#epoch
    close = () => this.#epoch
    isOpen = () => true
    send = (_turn: Turn, event: ConversationEvent) => this.#link.send(event)
    sendAudio = (_turn: Turn, frame: AudioFrame) => this.#link.sendAudio(frame)
  },
}))

it('the explorer finds a missing gate within 1000 seeds', async () => {
  const found = await findFaultySeed({ from: 0, count: 1000 })
  expect(found?.faults.join()).toContain('after the acknowledgement')
})
