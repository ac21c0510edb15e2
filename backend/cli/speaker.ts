import { type AudioFrame } from '#shared/protocol/audio-frame.ts'
import { type ServerEvent } from '#shared/protocol/events.ts'
import { type TroupeClient } from './client.ts'
import { CliError, EXIT } from './exit.ts'
import { type SoundProgram, SOUND_PROGRAM_NAMES, findSoundPrograms } from './sound-devices.ts'
import { playSound, type SoundPlayer } from './sound-player.ts'
import { type Terminal } from './terminal.ts'

/** Plays what is spoken through a program of this machine: one run of it per message, killed when interrupted. */
export class Speaker implements AsyncDisposable {
  readonly #terminal: Terminal
  /** Those that have not failed yet, best first. */
  readonly #programs: SoundProgram[]
  readonly #playing = new Map<number, SoundPlayer>()
  readonly #stops: readonly (() => void)[]

  private constructor(client: TroupeClient, programs: SoundProgram[], terminal: Terminal) {
    this.#programs = programs
    this.#terminal = terminal
    this.#stops = [
      client.onEvent((event) => this.#onEvent(event)),
      client.onSound((frame) => this.#onSound(frame)),
    ]
  }

  /** @throws CliError if this machine has nothing to play sound with. */
  static open(client: TroupeClient, terminal: Terminal): Speaker {
    const programs = findSoundPrograms(terminal.env)
    if (programs.length > 0) return new Speaker(client, programs, terminal)
    throw new CliError(
      EXIT.failure,
      `--speak needs a program that plays sound, and there is none on the PATH (looked for ${SOUND_PROGRAM_NAMES.join(', ')}); install one, for example with "apt install alsa-utils", or leave out --speak`,
    )
  }

  /** Resolves when everything that was said has been heard. */
  async finish(): Promise<void> {
    await Promise.all([...this.#playing.values()].map((player) => player.ended))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop()
    this.#silence()
    await this.finish()
  }

  #onEvent(event: ServerEvent): void {
    if (event.type === 'audio_stream_start') this.#start(event.data.stream, event.data.sample_rate)
    if (event.type === 'audio_stream_stop') this.#playing.get(event.data.stream)?.end()
    if (event.type === 'interrupt_ack') this.#silence()
  }

  #onSound({ stream, pcm }: AudioFrame): void {
    this.#playing.get(stream)?.write(pcm)
  }

  #start(stream: number, sampleRate: number): void {
    const [program] = this.#programs
    if (!program) return
    const player = playSound(program, sampleRate)
    this.#playing.set(stream, player)
    void this.#follow(player, { stream, program })
  }

  async #follow(
    player: SoundPlayer,
    { stream, program }: { stream: number; program: SoundProgram },
  ): Promise<void> {
    const hasPlayed = await player.ended
    if (this.#playing.get(stream) === player) this.#playing.delete(stream)
    if (!hasPlayed) this.#drop(program)
  }

  #silence(): void {
    for (const player of this.#playing.values()) player.kill()
  }

  /** One that cannot play here (no sound server, no device) makes way for the next. */
  #drop(program: SoundProgram): void {
    const index = this.#programs.indexOf(program)
    if (index === -1) return
    this.#programs.splice(index, 1)
    const [next] = this.#programs
    this.#terminal.say(
      next
        ? `"${program.name}" cannot play sound here; trying "${next.name}" from the next line on`
        : `"${program.name}" cannot play sound here; the conversation goes on in writing. Is there a loudspeaker?`,
    )
  }
}
