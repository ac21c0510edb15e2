import { accessSync, constants, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { decodeWav } from '../../backend/lib/wav.ts'

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
]

/**
 * The system's Chromium, without a window; its loudspeaker is not heard, its microphone is made up.
 * @param microphoneFile a WAV file that the microphone plays once, from its beginning, each time it is opened.
 * @throws Error if there is no Chromium, or no sound in the file (of which Chromium would say nothing).
 */
export async function launchChromium(
  microphoneFile?: string,
  furtherFlags: readonly string[] = [],
): Promise<Browser> {
  const args = [...FLAGS, ...furtherFlags]
  if (microphoneFile !== undefined) {
    const { samples } = decodeWav(readFileSync(microphoneFile))
    if (!samples.some((sample) => Math.abs(sample) > 1_000)) throw new Error(`${microphoneFile} is silent`)
    args.push(`--use-file-for-fake-audio-capture=${microphoneFile}%noloop`)
  }
  return chromium.launch({ executablePath: chromiumPath(), headless: true, args })
}

function chromiumPath(): string {
  const folders = ['/usr/bin', ...(process.env['PATH'] ?? '').split(delimiter)]
  const found = folders
    .flatMap((folder) => [join(folder, 'chromium'), join(folder, 'chromium-browser')])
    .find(isProgram)
  if (found === undefined) {
    throw new Error(
      'The end-to-end tests need Chromium and found none: run "npm run setup -- --test", or install the package "chromium".',
    )
  }
  return found
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
