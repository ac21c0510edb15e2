import { decodeWav } from '../../../lib/wav.ts'
import { WasiCommand } from './wasi.ts'
import { type WasmModule } from './wasm.ts'

/** What the flite program is asked to say, in its own terms. */
export interface FliteRequest {
  /** Printable ASCII. */
  readonly text: string
  readonly voice: string
  /** How much longer than normal everything lasts. */
  readonly stretch: number
  /** Mean pitch; undefined leaves the voice's own. */
  readonly pitchHz: number | undefined
}

export interface FliteSpeech {
  readonly sampleRate: number
  readonly samples: Int16Array
  /** In order, pauses (`pau`) included. */
  readonly phones: readonly Phone[]
}

export interface Phone {
  readonly name: string
  readonly endSeconds: number
}

/** Speaks through the program, with one instance of it always ready: making one takes as long as a short word. */
export class FliteCommand {
  readonly #module: WasmModule
  #next: WasiCommand

  constructor(module: WasmModule) {
    this.#module = module
    this.#next = new WasiCommand(module)
  }

  /** Call when there is time, after each `speak`. */
  prepare(): void {
    this.#next = new WasiCommand(this.#module)
  }

  /** @throws Error if the program fails. Blocks the thread. */
  speak(request: FliteRequest): FliteSpeech {
    const output = this.#next.run(argumentsOf(request))
    const [wav] = output.files.values()
    if (output.exitCode !== 0 || !wav) {
      throw new Error(`flite failed with exit code ${output.exitCode}: ${output.stderr.slice(0, 200)}`)
    }
    return { ...decodeWav(wav), phones: phonesOf(output.stdout) }
  }
}

function argumentsOf({ text, voice, stretch, pitchHz }: FliteRequest): string[] {
  const settings = [`duration_stretch=${stretch.toFixed(4)}`]
  if (pitchHz !== undefined) settings.push(`int_f0_target_mean=${pitchHz.toFixed(1)}`)
  const flags = settings.flatMap((setting) => ['--setf', setting])
  return ['-voice', voice, '-psdur', ...flags, '-t', text, '-o', '/w/speech.wav']
}

/** Reads `pau:0.152 w:0.244 eh:0.372 …`. */
function phonesOf(stdout: string): Phone[] {
  return [...stdout.matchAll(/([a-z]+):([\d.]+)/g)].map(([, name = '', end]) => ({
    name,
    endSeconds: Number(end),
  }))
}
