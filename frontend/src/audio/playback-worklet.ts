import { PLAYBACK_PROCESSOR, type PlaybackCommand } from './playback-messages.ts'
import { PlaybackQueue } from './playback-queue.ts'

const REPORT_INTERVAL_MS = 50

/** Plays what the page sends, and reports what was heard: every 50 ms while there is sound, at once when one ends. */
class PlaybackProcessor extends AudioWorkletProcessor {
  readonly #queue = new PlaybackQueue(sampleRate)
  #lastReportFrame = 0
  #wasSounding = false

  constructor() {
    super()
    this.port.addEventListener('message', (event: MessageEvent<PlaybackCommand>) => {
      obey(this.#queue, event.data)
      if (this.#queue.hasNews) this.#report()
    })
    this.port.start()
  }

  process(_inputs: Float32Array[][], outputs: Float32Array<ArrayBuffer>[][]): boolean {
    const output = outputs[0]?.[0]
    if (output !== undefined) this.#queue.render(output)
    const isDue = currentFrame - this.#lastReportFrame >= (REPORT_INTERVAL_MS / 1_000) * sampleRate
    if (this.#queue.hasNews || isDue) this.#report()
    return true
  }

  #report(): void {
    this.#lastReportFrame = currentFrame
    const report = this.#queue.takeReport()
    const isSounding = report.playing !== null || report.level > 0 || report.positions.length > 0
    if (isSounding || this.#wasSounding) this.port.postMessage(report)
    this.#wasSounding = isSounding
  }
}

function obey(queue: PlaybackQueue, command: PlaybackCommand): void {
  switch (command.type) {
    case 'start':
      return queue.start(command)
    case 'frame':
      return queue.push(command.frame)
    case 'end':
      return queue.end(command)
    case 'end_turn':
      return queue.endTurn(command.epoch)
    case 'cut':
      return queue.cut(command.epoch)
    case 'reset':
      return queue.reset()
    case 'voice':
      return queue.setVoice(command.isOn)
    case 'duck':
      return queue.setDucked(command.isDucked)
    case 'mute':
      return queue.setMuted(command, command.isMuted)
    default:
      return command satisfies never
  }
}

registerProcessor(PLAYBACK_PROCESSOR, PlaybackProcessor)
