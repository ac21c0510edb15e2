import { LLAMA_ENTRY } from '../engines/llm/gguf/installation.ts'
import { type Machine } from './machine.ts'

const INSTALL_TIMEOUT_MS = 20 * 60_000
/** What of it computes on processors, and the rest, which finds the former in the folder above its own. */
const PROCESSORS = ['npm', 'ci', '--prefix', 'extras'] as const
const WITHOUT_GRAPHICS_CARDS = ['npm', 'ci', '--omit=optional', '--prefix', 'extras/gguf'] as const
const EVERYTHING = ['npm', 'ci', '--prefix', 'extras/gguf'] as const

/**
 * Installs what runs GGUF models, which is not among the dependencies of everybody.
 * @param isForGpu also what makes use of graphics cards.
 * @returns whether it is there now.
 */
export async function installGguf(machine: Machine, isForGpu: boolean): Promise<boolean> {
  machine.say(`… installing what runs GGUF models (${isForGpu ? 700 : 120} MB)`)
  const commands = isForGpu ? [EVERYTHING] : [PROCESSORS, WITHOUT_GRAPHICS_CARDS]
  for (const command of commands) {
    const { ok, output } = await machine.run(command, INSTALL_TIMEOUT_MS)
    if (ok) continue
    machine.say(output.trimEnd().split('\n').slice(-8).join('\n'))
    machine.say(`! npm could not install it. Run this once it can: ${command.join(' ')}`)
    return false
  }
  if (!machine.exists(LLAMA_ENTRY)) {
    machine.say('! npm says that it is installed, but it is not there; run "npm run setup -- --gguf" again')
    return false
  }
  machine.say('✓ GGUF models can run here')
  return true
}
