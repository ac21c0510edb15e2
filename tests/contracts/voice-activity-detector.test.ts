import { FakeVad } from '../fakes/fake-vad.ts'
import { openSilero } from '../support/silero-harness.ts'
import { spoken } from '../support/speech.ts'
import { describeVoiceActivityDetector, type VoiceActivityHarness } from './voice-activity-detector.ts'

const TEXT = 'The curtain rises, and for a moment nobody in the whole house breathes at all.'
let clip: Promise<Int16Array> | undefined

/** The same clip for everybody. */
function speech(): Promise<Int16Array> {
  clip ??= spoken(TEXT)
  return clip
}

async function openFake(): Promise<VoiceActivityHarness> {
  const detector = new FakeVad()
  return {
    detector,
    crash: () => {
      detector.failures++
    },
    livingThreads: () => 0,
    [Symbol.asyncDispose]: () => detector[Symbol.asyncDispose](),
  }
}

describeVoiceActivityDetector({ name: 'the fake', open: openFake, speech })
describeVoiceActivityDetector({ name: 'Silero', open: () => openSilero(), speech })
describeVoiceActivityDetector({
  name: 'Silero without its energy gate',
  open: () => openSilero({ hasEnergyGate: false }),
  speech,
})
