import { type Script } from './script.ts'
import { type Stage } from './stage.ts'

/** Lets the server's events write the script. */
export function followScript(script: Script, { client, playback }: Stage): void {
  client.on('text_stream_start', ({ data }) => script.startReply(data))
  client.on('text_chunk', ({ data }) => script.addText(data))
  client.on('text_stream_stop', ({ data }) => script.completeReply(data))
  client.on('audio_stream_start', ({ data }) => script.openSound(data))
  client.on('audio_chunk', ({ data }) => script.announceSound(data))
  client.on('tool_use', ({ data }) => script.noteToolUse(data))
  client.on('interrupt_ack', ({ data }) => script.interrupt(data))
  client.on('history_truncated', ({ data }) => script.truncate(data))
  playback.onReport(({ positions }) => {
    for (const position of positions) script.follow(position)
  })
}
