// Vite bundles each of these into a file of its own and exports its address, which the linter cannot know.
/* oxlint-disable import/default */
import captureUrl from './capture-worklet.ts?worker&url'
import playbackUrl from './playback-worklet.ts?worker&url'
import tapUrl from './tap-worklet.ts?worker&url'

export const worklets = { captureUrl, playbackUrl, tapUrl } as const
