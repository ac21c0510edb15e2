import { describe, expect, test } from 'vitest'
import { type CommandResult, type Machine, thisMachine } from '../../../backend/cli/machine.ts'
import { setUp } from '../../../backend/cli/set-up.ts'

const OK: CommandResult = { ok: true, output: '' }
const FAILED: CommandResult = { ok: false, output: 'E: Unable to locate package' }

interface MachineOptions {
  readonly installed?: readonly string[]
  readonly nodeVersion?: string
  readonly isRoot?: boolean
  readonly hasSudo?: boolean
  readonly hasApt?: boolean
  readonly isUbuntu?: boolean
  readonly aptWorks?: boolean
  readonly updateWorks?: boolean
  readonly buildWorks?: boolean
  readonly npmWorks?: boolean
}

/** A machine of the test's making, which remembers what was run and said. */
class FakeMachine implements Machine {
  readonly nodeVersion: string
  readonly isRoot: boolean
  readonly commands: string[] = []
  readonly installed: Set<string>
  readonly #options: MachineOptions
  #hasGguf = false
  said = ''

  constructor(options: MachineOptions = {}) {
    this.#options = options
    this.nodeVersion = options.nodeVersion ?? '22.1.0'
    this.isRoot = options.isRoot ?? true
    this.installed = new Set(options.installed)
  }

  exists(path: string): boolean {
    if (path === '/usr/bin/apt-get') return this.#options.hasApt ?? true
    if (path.startsWith('extras/')) return this.#hasGguf
    return path === '/usr/bin/chromium' && this.installed.has('chromium')
  }

  read(): string {
    return this.#options.isUbuntu ? 'NAME="Ubuntu"\nID=ubuntu\n' : 'ID=debian\n'
  }

  say(line: string): void {
    this.said += `${line}\n`
  }

  run(command: readonly string[]): Promise<CommandResult> {
    this.commands.push(command.join(' '))
    return Promise.resolve(this.#answer(command))
  }

  /** The commands that change the system. */
  get aptCommands(): string[] {
    return this.commands.filter((command) => command.includes('apt-get'))
  }

  #answer(command: readonly string[]): CommandResult {
    const { hasSudo = false, aptWorks = true, updateWorks = true, buildWorks = true } = this.#options
    if (command.includes('build')) return buildWorks ? OK : { ok: false, output: 'Syntax error in App.vue' }
    if (command[0] === 'npm') return this.#npm(command)
    if (command[0] === 'dpkg-query') return this.#query(command.slice(4))
    if (command.join(' ') === 'sudo -n true') return hasSudo ? OK : FAILED
    if (command.includes('update')) return updateWorks ? OK : FAILED
    if (!aptWorks) return FAILED
    for (const name of command.slice(command.indexOf('--no-install-recommends') + 1)) this.installed.add(name)
    return OK
  }

  #npm(command: readonly string[]): CommandResult {
    if (this.#options.npmWorks === false) return { ok: false, output: 'npm error network' }
    if (command.includes('extras/gguf')) this.#hasGguf = true
    return OK
  }

  #query(names: readonly string[]): CommandResult {
    const found = names.filter((name) => this.installed.has(name))
    return { ok: found.length === names.length, output: found.map(() => 'installed\n').join('') }
  }
}

const SPEECH = ['libpocketsphinx3', 'pocketsphinx-en-us']
const ONE_LINE = 'sudo apt-get install -y --no-install-recommends libpocketsphinx3 pocketsphinx-en-us'

describe('setUp()', () => {
  test('builds the pages and installs nothing that is installed already', async () => {
    const machine = new FakeMachine({ installed: SPEECH })
    expect(await setUp([], machine)).toBe(0)
    expect(machine.commands[0]).toContain('vite.js build frontend')
    expect(machine.aptCommands).toEqual([])
    expect(machine.said).toContain('Ready: npm start')
  })

  test('installs what the recogniser needs as root, without asking anything', async () => {
    const machine = new FakeMachine()
    expect(await setUp([], machine)).toBe(0)
    const [update, install] = machine.aptCommands
    expect(update).toMatch(/^env DEBIAN_FRONTEND=noninteractive apt-get .* update$/)
    expect(install).toMatch(
      /^env DEBIAN_FRONTEND=noninteractive apt-get .* install -y --no-install-recommends libpocketsphinx3 pocketsphinx-en-us$/,
    )
    expect(machine.said).toContain('installing libpocketsphinx3, pocketsphinx-en-us for speech recognition')
  })

  test('installs with sudo where that asks for no password', async () => {
    const machine = new FakeMachine({ isRoot: false, hasSudo: true })
    expect(await setUp([], machine)).toBe(0)
    expect(machine.aptCommands.every((command) => command.startsWith('sudo -n env '))).toBe(true)
    expect(machine.installed).toContain('libpocketsphinx3')
  })

  test('elsewhere prints the one line to run, and goes on', async () => {
    const machine = new FakeMachine({ isRoot: false })
    expect(await setUp([], machine)).toBe(0)
    expect(machine.aptCommands).toEqual([])
    expect(machine.said).toContain(ONE_LINE)
    expect(machine.said).toContain('Ready: npm start')
  })

  test('names the packages where there is no apt-get', async () => {
    const machine = new FakeMachine({ hasApt: false })
    expect(await setUp([], machine)).toBe(0)
    expect(machine.aptCommands).toEqual([])
    expect(machine.said).toContain('packages of Debian or Ubuntu: libpocketsphinx3 pocketsphinx-en-us')
  })

  test('goes on when apt-get fails, and says what to run later', async () => {
    const machine = new FakeMachine({ aptWorks: false })
    expect(await setUp([], machine)).toBe(0)
    expect(machine.said).toContain('E: Unable to locate package')
    expect(machine.said).toContain(ONE_LINE)
  })

  test('installs from an outdated list when it cannot be refreshed', async () => {
    const machine = new FakeMachine({ updateWorks: false })
    expect(await setUp([], machine)).toBe(0)
    expect(machine.installed).toContain('pocketsphinx-en-us')
  })

  test('with --test also installs a browser and a font', async () => {
    const machine = new FakeMachine({ installed: SPEECH })
    expect(await setUp(['--test'], machine)).toBe(0)
    expect(machine.installed).toEqual(new Set([...SPEECH, 'chromium', 'fonts-dejavu-core']))
    expect(machine.said).toContain('Ready: npm run check')
  })

  test("with --test asks Ubuntu for the browser by Ubuntu's name", async () => {
    const machine = new FakeMachine({ installed: SPEECH, isUbuntu: true })
    await setUp(['--test'], machine)
    expect(machine.aptCommands.at(-1)).toContain(' chromium-browser fonts-dejavu-core')
  })

  test.each([{ aptWorks: false }, { isRoot: false }, { hasApt: false }])(
    'with --test fails when something stays missing: %j',
    async (options) => {
      const machine = new FakeMachine(options)
      expect(await setUp(['--test'], machine)).toBe(1)
      expect(machine.said).toContain('The tests need what is missing above')
    },
  )

  test('fails and shows why when the pages cannot be built', async () => {
    const machine = new FakeMachine({ buildWorks: false })
    expect(await setUp([], machine)).toBe(1)
    expect(machine.said).toContain('Syntax error in App.vue')
  })

  test.each(['18.20.1', '20.18.9'])('refuses Node %s', async (nodeVersion) => {
    const machine = new FakeMachine({ nodeVersion })
    expect(await setUp([], machine)).toBe(1)
    expect(machine.said).toContain(`Troupe needs Node 20.19 or newer; this is ${nodeVersion}`)
    expect(machine.commands).toEqual([])
  })

  test.each(['20.19.0', '24.0.0'])('accepts Node %s', async (nodeVersion) => {
    expect(await setUp([], new FakeMachine({ nodeVersion, installed: SPEECH }))).toBe(0)
  })

  test('answers an unknown option with a sentence, and does nothing', async () => {
    const machine = new FakeMachine()
    expect(await setUp(['--tests'], machine)).toBe(1)
    expect(machine.said).toContain('Unknown option "--tests"')
    expect(machine.commands).toEqual([])
  })

  test('explains itself', async () => {
    const machine = new FakeMachine()
    expect(await setUp(['--help'], machine)).toBe(0)
    expect(machine.said).toContain('npm run setup')
    expect(machine.commands).toEqual([])
  })
})

describe('thisMachine', () => {
  test('runs a program and gives all it printed', async () => {
    const print = 'console.log("one"); console.error("two"); process.exitCode = 3'
    const result = await thisMachine.run([process.execPath, '-e', print], 20_000)
    expect(result.ok).toBe(false)
    expect(result.output).toContain('one\n')
    expect(result.output).toContain('two\n')
  })

  test('ends a program that takes too long', async () => {
    const result = await thisMachine.run([process.execPath, '-e', 'setInterval(() => {}, 1000)'], 300)
    expect(result.ok).toBe(false)
  })

  test('reports a program that does not exist', async () => {
    expect(await thisMachine.run(['no-such-program'], 1000)).toMatchObject({ ok: false })
  })
})

function npmOf(machine: FakeMachine): string[] {
  return machine.commands.filter((command) => command.startsWith('npm '))
}

describe('GGUF models', () => {
  test('are not for those who did not ask for them', async () => {
    const machine = new FakeMachine({ installed: SPEECH })
    expect(await setUp([], machine)).toBe(0)
    expect(npmOf(machine)).toEqual([])
  })

  test('run on the processor, without what is for graphics cards', async () => {
    const machine = new FakeMachine({ installed: SPEECH })
    expect(await setUp(['--gguf'], machine)).toBe(0)
    expect(npmOf(machine)).toEqual(['npm ci --prefix extras', 'npm ci --omit=optional --prefix extras/gguf'])
    expect(machine.said).toContain('GGUF models can run here')
  })

  test('run on graphics cards, if those are asked for', async () => {
    const machine = new FakeMachine({ installed: SPEECH })
    expect(await setUp(['--gguf', '--gpu'], machine)).toBe(0)
    expect(npmOf(machine)).toEqual(['npm ci --prefix extras/gguf'])
  })

  test('are needed by the tests', async () => {
    const machine = new FakeMachine()
    expect(await setUp(['--test'], machine)).toBe(0)
    expect(npmOf(machine)).toHaveLength(2)
  })

  test('that cannot be installed are an error which says what to run', async () => {
    const machine = new FakeMachine({ installed: SPEECH, npmWorks: false })
    expect(await setUp(['--gguf'], machine)).toBe(1)
    expect(machine.said).toContain('npm error network')
    expect(machine.said).toContain('Run this once it can: npm ci --prefix extras')
  })
})
