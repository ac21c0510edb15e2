import { Microphone } from './audio/microphone.ts'
import { linkPlayback } from './audio/playback-link.ts'
import { Player } from './audio/player.ts'
import { browserClock } from './socket/clock.ts'
import { openBrowserLine } from './socket/line.ts'
import { SocketClient } from './socket/socket-client.ts'
import { socketUrl } from './socket/token.ts'
import { type Stage } from './stores/stage.ts'

/** Puts together, once for the page, what the stores work with. Nothing is connected yet. */
export function createStage(): Stage {
  const clock = browserClock
  const client = new SocketClient({
    url: socketUrl,
    openLine: openBrowserLine,
    clock,
    random: Math.random,
    onBadFrame: (description) => reportError(new Error(`Cannot read from the server: ${description}`)),
  })
  const player = new Player()
  const mutedVoices = new Set<string>()
  linkPlayback({ client, playback: player, clock, isMuted: (id) => mutedVoices.has(id) })
  comeBackQuickly(client)
  unlockByGesture(player)
  return { client, clock, playback: player, output: player, microphone: new Microphone(), mutedVoices }
}

/** Not to wait out a delay when the network is back or somebody looks again. */
function comeBackQuickly(client: SocketClient): void {
  window.addEventListener('online', () => client.hurry())
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') client.hurry()
  })
}

/** Browsers keep a page silent until it is touched, and some again after they took the sound away. */
function unlockByGesture(player: Player): void {
  for (const gesture of ['pointerdown', 'keydown', 'touchend']) {
    window.addEventListener(gesture, () => player.unlock(), { capture: true, passive: true })
  }
}
