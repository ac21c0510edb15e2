import { Command, CommanderError, Option } from 'commander'
import { Config } from '../config.ts'
import { flagOf } from '../config-sources.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { addBackup } from './program-backup.ts'
import { addChat } from './program-chat.ts'
import { addCharacters } from './program-characters.ts'
import { type ProgramContext } from './program-context.ts'
import { addModels } from './program-models.ts'
import { addSessions } from './program-sessions.ts'
import { type ConnectionFlags } from './settings.ts'
import { type Terminal } from './terminal.ts'

/** Puts the command line together: what can be said, and what it leads to. */

/** Settings that everybody may want to give here; the others of docs/configuration.md are taken, too, but not listed. */
const LISTED: Readonly<Record<string, string>> = {
  data_dir: 'where the database lies, if no server is to be asked',
  token: 'what the server asks for (TROUPE_TOKEN)',
  llm_base_url: 'model server, where no Troupe runs (TROUPE_LLM_BASE_URL, OLLAMA_HOST)',
}

const EXAMPLES = `
Examples:
  troupe chat                                  talk; /help shows what can be done there
  troupe chat --character Nora "How are you?"  one answer, to stdout
  git diff | troupe chat --plain "review this" pipes in, pipes out
  troupe sessions export last -o evening.md    keep a conversation
  troupe backup                                keep everything

It talks with the Troupe that runs on this machine, or with the one at --url. Where none runs, it works on the
data directory by itself.

What wins: flags, then the environment, then troupe.config.json. Environment: TROUPE_URL, TROUPE_CA, TROUPE_TOKEN,
TROUPE_DATA_DIR and all TROUPE_… settings; also OLLAMA_HOST, OLLAMA_MODEL, OLLAMA_MODEL_FALLBACKS, RETRY_…,
CONTEXT_PATH, CONTEXT_GREP, CONTEXT_TOKENS, CHAT_LOG_DEST, NO_COLOR.

Exit codes: 0 done, 1 failed, 2 wrong use, 3 nobody could be reached, 130 interrupted, 141 the reader went away.`

/** @returns the exit code. Errors of the work itself are thrown. */
export async function runProgram(
  argv: readonly string[],
  terminal: Terminal,
  version: string,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok
  const program = createProgram(terminal, version)
  const context: ProgramContext = {
    terminal,
    version,
    flags: () => flagsOf(program),
    onExit: (code) => (exitCode = code),
  }
  addConnectionOptions(program)
  addChat(program, context)
  addSessions(program, context)
  addCharacters(program, context)
  addModels(program, context)
  addBackup(program, context)
  if (argv.length === 0) {
    program.outputHelp()
    return EXIT.ok
  }
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    throw error
  }
}

function createProgram(terminal: Terminal, version: string): Command {
  return new Command('troupe')
    .description('Talk with characters, in the terminal.')
    .version(version, '-V, --version', 'which Troupe this is')
    .helpOption('-h, --help', 'how to use it')
    .helpCommand('help [verb]', 'how to use a verb')
    .addHelpText('after', EXAMPLES)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      writeErr: (text) => void terminal.stderr.write(text),
    })
    .showHelpAfterError('Add --help to see how it is used.')
    .exitOverride()
}

function addConnectionOptions(program: Command): void {
  program.option('--url <address>', 'the Troupe to talk with, e.g. http://127.0.0.1:8000 (TROUPE_URL)')
  program.option('--ca <file>', 'a certificate to trust there, e.g. its https-cert.pem (TROUPE_CA)')
  program.option('--insecure', 'trust any certificate there')
  for (const key of Config.keyof().options) {
    const option = new Option(`${flagOf(key)} <value>`, LISTED[key] ?? 'a setting of the server')
    program.addOption(key in LISTED ? option : option.hideHelp())
  }
}

function flagsOf(program: Command): ConnectionFlags {
  const values = program.opts<Record<string, unknown>>()
  const given = (name: string): string | undefined => {
    const value = values[name.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase())]
    return typeof value === 'string' ? value : undefined
  }
  const settings = Config.keyof().options.flatMap((key) => {
    const value = given(key)
    return value === undefined ? [] : [[key, value] as const]
  })
  const isInsecure = values['insecure'] === true
  return { url: given('url'), ca: given('ca'), isInsecure, settings: Object.fromEntries(settings) }
}
