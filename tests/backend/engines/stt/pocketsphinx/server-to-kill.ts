import { createPocketsphinxTranscriber } from '../../../../../backend/engines/stt/pocketsphinx/pocketsphinx-transcriber.ts'
import { systemClock } from '../../../../../backend/lib/clock.ts'

/** Starts a recogniser and waits to be killed. */
createPocketsphinxTranscriber({ clock: systemClock })
process.send?.('started')
