import { readdirSync, readFileSync } from 'node:fs'

/** The recogniser's child processes of a process, by pid. */
export function recognizerChildren(parentPid: number = process.pid): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isRecognizerOf(pid, parentPid))
}

function isRecognizerOf(pid: number, parentPid: number): boolean {
  try {
    if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('recognizer-child')) return false
    // The name in parentheses may hold anything; after it come the state and the parent.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return fields[0] !== 'Z' && Number(fields[1]) === parentPid
  } catch {
    // It has ended in the meantime.
    return false
  }
}
