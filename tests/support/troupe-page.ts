import { HANG_MS } from './hang.ts'
import { type Browser, type Locator, type Page } from 'playwright-core'
import { encodeWav } from '../../backend/lib/wav.ts'
import { installProbe } from './page-probe.ts'
import { atSearchRate } from './sound.ts'
import { WireLog } from './wire-log.ts'

export interface PageOptions {
  readonly path?: string
  /** Of the address, without the question mark. */
  readonly query?: string
  readonly size?: { readonly width: number; readonly height: number }
  /** `device`: Chromium's own made-up microphone; `scripted`: what `speak()` says. */
  readonly microphone?: 'device' | 'scripted'
}

/** Troupe in a browser, as a user sees, hears and touches it. */
export class TroupePage implements AsyncDisposable {
  readonly page: Page
  readonly wire: WireLog
  /** What the page complained about. */
  readonly faults: string[] = []

  private constructor(page: Page, wire: WireLog) {
    this.page = page
    this.wire = wire
    page.on('pageerror', (error) => this.faults.push(error.message))
    page.on('websocket', (socket) => wire.follow(socket))
  }

  static async open(browser: Browser, url: string, options: PageOptions = {}): Promise<TroupePage> {
    const { path = '/', query = '', size = { width: 1280, height: 800 }, microphone = 'scripted' } = options
    const context = await browser.newContext({
      viewport: size,
      permissions: ['microphone'],
      reducedMotion: 'reduce',
      // As somebody has it who told the browser to trust the server.
      ignoreHTTPSErrors: url.startsWith('https:'),
    })
    // Run outside of the test runner, functions sent to the page call this helper of the compiler.
    await context.addInitScript('globalThis.__name ??= (value) => value')
    await context.addInitScript(installProbe, microphone === 'scripted')
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const troupe = new TroupePage(page, new WireLog())
    await page.goto(`${url}${path}?tap=1&${query}`)
    await troupe.wire.event('ready')
    return troupe
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  get composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Write to/ })
  }

  get script(): Locator {
    return this.page.getByRole('region', { name: 'Script' })
  }

  /** Types as a user does, and sends. @returns how many events had come before. */
  async write(text: string): Promise<number> {
    const from = this.wire.events.length
    await this.composer.fill(text)
    await this.composer.press('Enter')
    return from
  }

  /** Talks into the scripted microphone. @param pcm 16 kHz */
  async speak(pcm: Int16Array): Promise<void> {
    const wav = Buffer.from(encodeWav({ sampleRate: 16_000, samples: pcm }))
    await this.page.evaluate((base64) => window.__probe.say(base64), wav.toString('base64'))
  }

  async position(): Promise<{ newest: number; lastSound: number }> {
    return this.page.evaluate(() => window.__probe.position())
  }

  /** Resolves when something is heard that was rendered at frame `from` or later. */
  async untilSound(from: number): Promise<void> {
    await this.#untilPosition(({ lastSound }) => lastSound >= from, 'sound')
  }

  /** Resolves when nothing has been heard for that long. @returns the frame in which the last sound was. */
  async untilSilent(durationMs: number): Promise<number> {
    const rate = await this.sampleRate()
    const silence = (durationMs / 1_000) * rate
    const { lastSound } = await this.#untilPosition(
      ({ newest, lastSound: last }) => newest - last >= silence,
      `${durationMs} ms of silence`,
    )
    return lastSound
  }

  async sampleRate(): Promise<number> {
    return this.page.evaluate(() => window.__probe.sampleRate())
  }

  /** Everything that was rendered so far, at the rate at which it is searched. */
  async rendered(): Promise<Float32Array> {
    const base64 = await this.page.evaluate(() => window.__probe.rendered())
    const pcm = new Int16Array(new Uint8Array(Buffer.from(base64, 'base64')).buffer)
    return atSearchRate(pcm, await this.sampleRate())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.page.context().close()
  }

  async #untilPosition(
    isThere: (position: { newest: number; lastSound: number }) => boolean,
    what: string,
  ): Promise<{ newest: number; lastSound: number }> {
    const deadlineMs = performance.now() + HANG_MS
    for (;;) {
      const position = await this.position()
      if (isThere(position)) return position
      if (performance.now() > deadlineMs) throw new Error(`Waited ${HANG_MS} ms for ${what}`)
      await this.page.waitForTimeout(20)
    }
  }
}
