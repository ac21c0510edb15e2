import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { broken, type Line } from './line.ts'
import { describe, thisMachine } from './machine.ts'
import { NoiseProbe } from './noise.ts'
import { type Effort, type Scenario } from './scenario.ts'
import { cards } from './scenarios/cards.ts'
import { doors } from './scenarios/doors.ts'
import { chats } from './scenarios/chats.ts'
import { firstAudio } from './scenarios/first-audio.ts'
import { firstAudioSocket } from './scenarios/first-audio-socket.ts'
import { interrupt } from './scenarios/interrupt.ts'
import { library } from './scenarios/library.ts'
import { longChat } from './scenarios/long-chat.ts'
import { prompt } from './scenarios/prompt.ts'
import { llm } from './scenarios/llm.ts'
import { search } from './scenarios/search.ts'
import { sentences } from './scenarios/sentences.ts'
import { socket } from './scenarios/socket.ts'
import { spoken } from './scenarios/spoken.ts'
import { store } from './scenarios/store.ts'
import { vad } from './scenarios/vad.ts'
import { tableOf } from './table.ts'

const SCENARIOS: readonly Scenario[] = [
  spoken,
  firstAudio,
  firstAudioSocket,
  interrupt,
  llm,
  doors,
  vad,
  socket,
  store,
  cards,
  chats,
  search,
  sentences,
  prompt,
  library,
  longChat,
]

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string', multiple: true } },
})
const wanted = SCENARIOS.filter(({ name }) => options.only?.includes(name) ?? true)
if (wanted.length === 0) {
  throw new Error(`Nothing to measure: --only takes ${SCENARIOS.map(({ name }) => name).join(', ')}`)
}

const probe = new NoiseProbe(options.quick ? { spinMs: 50, timersMs: 100 } : { spinMs: 300, timersMs: 500 })
const machine = thisMachine()
const lines: Line[] = []
for (const scenario of wanted) lines.push(...(await measured(scenario)))
console.log(`\n${describe(machine)}\n\n${tableOf(lines)}`)
console.log(`\nKept in ${keep()}`)

async function measured(scenario: Scenario): Promise<readonly Line[]> {
  const startMs = performance.now()
  try {
    return await scenario.run(effort())
  } catch (error) {
    console.error(error)
    return [broken(scenario.name, error)]
  } finally {
    console.error(`${scenario.name}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`)
  }
}

function effort(): Effort {
  const { quick } = options
  return {
    isQuick: quick,
    rounds: { count: quick ? 3 : 5, repeats: quick ? 0 : 3, probe },
    of: (full, short) => (quick ? short : full),
  }
}

function keep(): string {
  const folder = new URL('out/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const file = new URL(`${machine.date.replaceAll(':', '-')}.json`, folder)
  writeFileSync(file, `${JSON.stringify({ machine, isQuick: options.quick, lines }, undefined, 2)}\n`)
  return `tests/bench/out/${file.pathname.split('/').at(-1)}`
}
