import { POCKETSPHINX_PACKAGES } from '../engines/stt/pocketsphinx/installation.ts'
import { type CommandResult, type Machine } from './machine.ts'

/** Something from the operating system that a part of Troupe needs. */
export interface Requirement {
  /** What works with it, for people. */
  readonly purpose: string
  readonly packages: (onUbuntu: boolean) => readonly string[]
  isMet(machine: Machine): Promise<boolean>
}

export const SPEECH_RECOGNITION: Requirement = {
  purpose: 'speech recognition',
  packages: () => POCKETSPHINX_PACKAGES,
  isMet: (machine) => areInstalled(machine, POCKETSPHINX_PACKAGES),
}

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
/** A browser without any font draws boxes, and measures them. */
const FONTS = ['fonts-dejavu-core'] as const

export const TEST_BROWSER: Requirement = {
  purpose: 'the browser tests',
  packages: (onUbuntu) => [onUbuntu ? 'chromium-browser' : 'chromium', ...FONTS],
  async isMet(machine) {
    return BROWSERS.some((path) => machine.exists(path)) && (await areInstalled(machine, FONTS))
  },
}

const UPDATE_TIMEOUT_MS = 5 * 60_000
const INSTALL_TIMEOUT_MS = 20 * 60_000
/** So that a dead mirror or another apt-get in the middle of its work ends in a sentence, not in a hang. */
const APT_OPTIONS = [
  '-q',
  '-o',
  'Acquire::Retries=3',
  '-o',
  'Acquire::http::Timeout=30',
  '-o',
  'DPkg::Lock::Timeout=120',
]

/**
 * Installs what is missing, where that can be done without asking anybody; elsewhere says what to run.
 * @returns whether everything is there now.
 */
export async function provide(requirements: readonly Requirement[], machine: Machine): Promise<boolean> {
  const missing = await unmet(requirements, machine)
  if (missing.length === 0) return true
  const purposes = missing.map(({ purpose }) => purpose).join(' and ')
  const packages = missing.flatMap((requirement) => requirement.packages(isUbuntu(machine)))
  const oneLine = `apt-get install -y --no-install-recommends ${packages.join(' ')}`
  if (!machine.exists('/usr/bin/apt-get')) {
    machine.say(`! For ${purposes}, Troupe needs these packages of Debian or Ubuntu: ${packages.join(' ')}.`)
    return false
  }
  const becomesRootBy = await wayToRoot(machine)
  if (!becomesRootBy) {
    machine.say(`! For ${purposes}, run this once: sudo ${oneLine}`)
    return false
  }
  machine.say(`… installing ${packages.join(', ')} for ${purposes} (apt-get, may take some minutes)`)
  const result = await install(packages, becomesRootBy, machine)
  if ((await unmet(missing, machine)).length === 0) return true
  machine.say(lastLines(result.output))
  machine.say(`! apt-get could not install them. Run this once it can: sudo ${oneLine}`)
  return false
}

async function install(
  packages: readonly string[],
  becomesRootBy: 'nothing' | 'sudo',
  machine: Machine,
): Promise<CommandResult> {
  const aptGet = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...APT_OPTIONS] as const
  const apt = becomesRootBy === 'sudo' ? (['sudo', '-n', ...aptGet] as const) : aptGet
  const update = await machine.run([...apt, 'update'], UPDATE_TIMEOUT_MS)
  // An outdated list is often good enough, so go on all the same.
  if (!update.ok)
    machine.say('! apt-get could not refresh its list of packages; trying with the one there is.')
  return machine.run([...apt, 'install', '-y', '--no-install-recommends', ...packages], INSTALL_TIMEOUT_MS)
}

async function unmet(requirements: readonly Requirement[], machine: Machine): Promise<Requirement[]> {
  const missing: Requirement[] = []
  for (const requirement of requirements) {
    if (!(await requirement.isMet(machine))) missing.push(requirement)
  }
  return missing
}

/** How commands can be run as root here without asking anybody; undefined if they cannot. */
async function wayToRoot(machine: Machine): Promise<'nothing' | 'sudo' | undefined> {
  if (machine.isRoot) return 'nothing'
  const { ok } = await machine.run(['sudo', '-n', 'true'], 10_000)
  return ok ? 'sudo' : undefined
}

async function areInstalled(machine: Machine, packages: readonly string[]): Promise<boolean> {
  const query = ['dpkg-query', '-W', '-f', '${db:Status-Status}\n', ...packages] as const
  const { ok, output } = await machine.run(query, 30_000)
  const states = output.split('\n').filter((line) => line !== '')
  return ok && states.length >= packages.length && states.every((state) => state === 'installed')
}

function isUbuntu(machine: Machine): boolean {
  return /^ID=ubuntu$/mu.test(machine.read('/etc/os-release'))
}

function lastLines(output: string): string {
  const lines = output.trimEnd().split('\n').slice(-8)
  return lines.map((line) => `    ${line}`).join('\n')
}
