/** What we use of WebAssembly, typed: Node's own types leave it to those of the browser. */

export interface WasmModule {
  readonly [Symbol.toStringTag]?: 'WebAssembly.Module'
}

export type WasmFunction = (...args: never[]) => unknown

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>
}

interface WasmRuntime {
  compile(bytes: Uint8Array): Promise<WasmModule>
  Instance: new (module: WasmModule, imports: Record<string, Record<string, WasmFunction>>) => WasmInstance
}

// A plain string, so that this means the same where the browser's types are there as well.
const GLOBAL_NAME: string = 'WebAssembly'

export const wasm: WasmRuntime = Reflect.get(globalThis, GLOBAL_NAME)

/** The memory an instance exports. Ask again after every call into it: growing detaches the buffer. */
export function memoryOf(instance: WasmInstance): ArrayBuffer {
  const { memory } = instance.exports
  const buffer: unknown = typeof memory === 'object' && memory !== null && Reflect.get(memory, 'buffer')
  if (!(buffer instanceof ArrayBuffer)) throw new TypeError('Cannot use instance: it exports no memory')
  return buffer
}
