import { MemoryFile } from './memory-file.ts'
import { memoryOf, wasm, type WasmFunction, type WasmInstance, type WasmModule } from './wasm.ts'

/**
 * As much of WASI (preview 1) as a command needs that reads its arguments and writes files: no real clock, no
 * environment, no input, and a disk that exists only in memory. (`node:wasi` is experimental, wants a real
 * directory, and was seen to crash the process.)
 */

const SUCCESS = 0
const BAD_DESCRIPTOR = 8

const STDOUT = 1
const STDERR = 2
const DIRECTORY = 3
const FIRST_FILE = 4

const DIRECTORY_NAME = new TextEncoder().encode('/w')

export interface CommandOutput {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
  /** What the command wrote under `/w/`, by file name. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

/** One run of a WASI command. Making it costs more than a short run, so it may be made ahead of its arguments. */
export class WasiCommand {
  readonly #instance: WasmInstance
  readonly #files = new Map<string, MemoryFile>()
  readonly #stdout = new MemoryFile()
  readonly #stderr = new MemoryFile()
  readonly #open = new Map([
    [STDOUT, this.#stdout],
    [STDERR, this.#stderr],
  ])
  #args: readonly Uint8Array[] = []

  constructor(module: WasmModule) {
    this.#instance = new wasm.Instance(module, { wasi_snapshot_preview1: this.#imports() })
  }

  /**
   * Runs the command to its end, blocking the thread. Only once per object.
   * @param args without the name of the program.
   * @throws WebAssembly.RuntimeError if the command traps.
   */
  run(args: readonly string[]): CommandOutput {
    const { _start: start } = this.#instance.exports
    if (typeof start !== 'function') throw new TypeError('Cannot run module: it is not a WASI command')
    this.#args = ['command', ...args].map((arg) => new TextEncoder().encode(`${arg.replaceAll('\0', ' ')}\0`))
    return {
      exitCode: exitCodeOf(() => Reflect.apply(start, undefined, [])),
      stdout: textOf(this.#stdout),
      stderr: textOf(this.#stderr),
      files: new Map([...this.#files].map(([name, file]) => [name, file.contents()])),
    }
  }

  #imports(): Record<string, WasmFunction> {
    return {
      args_sizes_get: (countAt: number, sizeAt: number) => {
        this.#setU32(countAt, this.#args.length)
        return this.#setU32(sizeAt, Buffer.concat(this.#args).length)
      },
      args_get: (pointersAt: number, bytesAt: number) => this.#argsGet(pointersAt, bytesAt),
      clock_time_get: (_clock: number, _precision: bigint, timeAt: number) => this.#setU64(timeAt, 0n),
      fd_close: (descriptor: number) => (this.#open.delete(descriptor) ? SUCCESS : BAD_DESCRIPTOR),
      fd_fdstat_get: (descriptor: number, statAt: number) => this.#fdstatGet(descriptor, statAt),
      fd_fdstat_set_flags: () => SUCCESS,
      fd_prestat_get: (descriptor: number, statAt: number) => {
        if (descriptor !== DIRECTORY) return BAD_DESCRIPTOR
        this.#setU32(statAt, 0)
        return this.#setU32(statAt + 4, DIRECTORY_NAME.length)
      },
      fd_prestat_dir_name: (_descriptor: number, nameAt: number) => this.#setBytes(nameAt, DIRECTORY_NAME),
      fd_read: (...[, , , readAt]: IoArgs) => this.#setU32(readAt, 0),
      fd_seek: (...args: SeekArgs) => this.#seek(args),
      fd_write: (...args: IoArgs) => this.#write(args),
      path_open: (...args: PathOpenArgs) => this.#pathOpen(args),
      proc_exit: (exitCode: number) => {
        throw new ProcessExit(exitCode)
      },
    }
  }

  #argsGet(pointersAt: number, bytesAt: number): number {
    let at = bytesAt
    for (const [index, arg] of this.#args.entries()) {
      this.#setU32(pointersAt + index * 4, at)
      this.#setBytes(at, arg)
      at += arg.length
    }
    return SUCCESS
  }

  #fdstatGet(descriptor: number, statAt: number): number {
    const isKnown = descriptor <= DIRECTORY || this.#open.has(descriptor)
    if (!isKnown) return BAD_DESCRIPTOR
    const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn
    this.#setU32(statAt, fileTypeOf(descriptor))
    this.#setU32(statAt + 4, 0)
    this.#setU64(statAt + 8, ALL_RIGHTS)
    return this.#setU64(statAt + 16, ALL_RIGHTS)
  }

  #seek([descriptor, offset, whence, positionAt]: SeekArgs): number {
    const file = this.#open.get(descriptor)
    if (!file) return BAD_DESCRIPTOR
    return this.#setU64(positionAt, BigInt(file.seek(Number(offset), whence)))
  }

  #write([descriptor, vectorsAt, count, writtenAt]: IoArgs): number {
    const file = this.#open.get(descriptor)
    if (!file) return BAD_DESCRIPTOR
    const memory = memoryOf(this.#instance)
    const vectors = new DataView(memory, vectorsAt, count * 8)
    let written = 0
    for (let at = 0; at < count * 8; at += 8) {
      const length = vectors.getUint32(at + 4, true)
      file.write(new Uint8Array(memory, vectors.getUint32(at, true), length))
      written += length
    }
    return this.#setU32(writtenAt, written)
  }

  #pathOpen([, , nameAt, nameLength, , , , , descriptorAt]: PathOpenArgs): number {
    const name = new TextDecoder().decode(new Uint8Array(memoryOf(this.#instance), nameAt, nameLength))
    const file = new MemoryFile()
    const descriptor = FIRST_FILE + this.#files.size
    this.#files.set(name, file)
    this.#open.set(descriptor, file)
    return this.#setU32(descriptorAt, descriptor)
  }

  #setU32(at: number, value: number): number {
    new DataView(memoryOf(this.#instance)).setUint32(at, value, true)
    return SUCCESS
  }

  #setU64(at: number, value: bigint): number {
    new DataView(memoryOf(this.#instance)).setBigUint64(at, value, true)
    return SUCCESS
  }

  #setBytes(at: number, bytes: Uint8Array): number {
    new Uint8Array(memoryOf(this.#instance), at, bytes.length).set(bytes)
    return SUCCESS
  }
}

/** descriptor, buffers, how many of them, where the count of bytes goes */
type IoArgs = [number, number, number, number]
/** descriptor, offset, whence, where the new position goes */
type SeekArgs = [number, bigint, number, number]
/** directory, lookup flags, name, its length, open flags, rights, inherited rights, flags, where the answer goes */
type PathOpenArgs = [number, number, number, number, number, bigint, bigint, number, number]

class ProcessExit extends Error {
  readonly exitCode: number

  constructor(exitCode: number) {
    super(`exit ${exitCode}`)
    this.exitCode = exitCode
  }
}

function exitCodeOf(run: () => unknown): number {
  try {
    run()
    return 0
  } catch (error) {
    if (error instanceof ProcessExit) return error.exitCode
    throw error
  }
}

function fileTypeOf(descriptor: number): number {
  const CHARACTER_DEVICE = 2
  const DIRECTORY_TYPE = 3
  const REGULAR_FILE = 4
  if (descriptor < DIRECTORY) return CHARACTER_DEVICE
  return descriptor === DIRECTORY ? DIRECTORY_TYPE : REGULAR_FILE
}

function textOf(file: MemoryFile): string {
  return new TextDecoder().decode(file.contents())
}
