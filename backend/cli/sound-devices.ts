import { constants, accessSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program that plays sound: raw samples from its standard input, or a WAV file where it cannot do that. */
export interface SoundProgram {
  readonly name: string
  readonly path: string
  readonly takes: 'stream' | 'file'
  /** For `file`, the path of the file comes behind them. */
  readonly args: (sampleRate: number) => readonly string[]
}

const FFPLAY_QUIETLY = ['-nodisp', '-autoexit', '-loglevel', 'quiet', '-f', 's16le']

const PROGRAMS: readonly Omit<SoundProgram, 'path'>[] = [
  {
    name: 'paplay',
    takes: 'stream',
    args: (rate) => ['--raw', `--rate=${rate}`, '--channels=1', '--format=s16le'],
  },
  {
    name: 'pw-play',
    takes: 'stream',
    args: (rate) => ['--raw', '--rate', `${rate}`, '--channels', '1', '--format', 's16', '-'],
  },
  {
    name: 'aplay',
    takes: 'stream',
    args: (rate) => ['-q', '-t', 'raw', '-f', 'S16_LE', '-r', `${rate}`, '-c', '1'],
  },
  {
    // Of sox.
    name: 'play',
    takes: 'stream',
    args: (rate) => ['-q', '-t', 'raw', '-r', `${rate}`, '-e', 'signed', '-b', '16', '-c', '1', '-'],
  },
  {
    name: 'ffplay',
    takes: 'stream',
    args: (rate) => [...FFPLAY_QUIETLY, '-ar', `${rate}`, '-ch_layout', 'mono', '-i', 'pipe:0'],
  },
  { name: 'afplay', takes: 'file', args: () => [] },
]

export const SOUND_PROGRAM_NAMES = PROGRAMS.map(({ name }) => name)

/** The programs on the PATH that can play sound, best first. */
export function findSoundPrograms(env: NodeJS.ProcessEnv): SoundProgram[] {
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return PROGRAMS.flatMap((program) => {
    const path = folders.map((folder) => join(folder, program.name)).find(isProgram)
    return path === undefined ? [] : [{ ...program, path }]
  })
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
