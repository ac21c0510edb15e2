import { type Command } from 'commander'
import { runChat } from './chat.ts'
import { type ChatOptions } from './chat-parts.ts'
import { withServer } from './connection.ts'
import { readSettings } from './model-settings.ts'
import { countOf, type ProgramContext } from './program-context.ts'

const EXAMPLES = `
Examples:
  troupe chat                                     talk with whoever is active
  troupe chat --character Nora --character Felix  both are there; "@Felix what do you think?" asks one
  troupe chat --character Nora "How are you?"     one question, one answer; the answer goes to stdout
  cat notes.txt | troupe chat --plain "summarise" what is piped in follows the message
  troupe chat -m llama3.1 --context src --context-ext ts,vue "Where is the router?"
  troupe chat --continue                          go on where you were
  troupe chat --json "Hello" | jq -r 'select(.type == "text_stream_stop").data.text'

While you talk: /help lists the commands. """ begins and ends a message of several lines, as do \\ at the end of a
line, Alt+Enter and pasting. Ctrl-C ends the reply; twice at an empty prompt leaves.`

interface ChatFlags {
  readonly character: string[]
  readonly model?: string
  readonly plain?: true
  readonly continue?: true
  readonly session?: string
  readonly system?: string
  readonly set: string[]
  readonly context: string[]
  readonly contextExt?: string
  readonly contextTokens?: number
  readonly speak?: true
  readonly stats?: true
  readonly json?: true
  readonly log?: string
}

const DEFAULT_CONTEXT_TOKENS = 4_096

/** `troupe chat` */
export function addChat(program: Command, context: ProgramContext): void {
  program
    .command('chat')
    .description('Talk, or ask one thing.')
    .argument('[message...]', 'what to say; without it, and on a terminal, you talk')
    .option('-p, --character <name>', 'who is there; may be given several times', collect, [])
    .option('-m, --model <name>', 'which model answers (OLLAMA_MODEL); without --character the model itself')
    .option('--plain', 'the model itself, without a character')
    .option('-c, --continue', 'go on with the session that was selected, or talked in last')
    .option('-s, --session <id>', 'go on with this session: its id or the start of it, its title, or "last"')
    .option('--system <text>', 'instructions for the whole session')
    .option('--set <key=value>', 'sampling, e.g. temperature=0.7; may be given several times', collect, [])
    .option(
      '--context <what>',
      'file, folder, pattern, SQLite file, "db" or "db:words" (CONTEXT_PATH)',
      collect,
      [],
    )
    .option('--context-ext <list>', 'which files of folders count, e.g. md,txt (CONTEXT_GREP)')
    .option(
      '--context-tokens <count>',
      `room for the context, ${DEFAULT_CONTEXT_TOKENS} if not given (CONTEXT_TOKENS)`,
      countOf(1),
    )
    .option('--speak', "play the voices on this machine's loudspeaker")
    .option('--stats', 'how long it took and how many tokens it was')
    .option('--json', 'one JSON object a line: the events of docs/protocol.md')
    .option('--log <file>', 'add what is said to this text file (CHAT_LOG_DEST)')
    .addHelpText('after', EXAMPLES)
    .action(async (words: string[], flags: ChatFlags) => {
      const { terminal } = context
      const options = optionsOf(words, flags, terminal.env)
      const place = { terminal, hasSound: options.isSpoken }
      context.onExit(await withServer(context.flags(), place, (connected) => runChat(connected, options)))
    })
}

function optionsOf(words: readonly string[], flags: ChatFlags, env: NodeJS.ProcessEnv): ChatOptions {
  const model = flags.model ?? (env['OLLAMA_MODEL'] || undefined)
  const hasPlace = flags.continue === true || flags.session !== undefined
  return {
    words,
    characters: flags.character,
    isPlain: flags.plain === true || (flags.model !== undefined && flags.character.length === 0 && !hasPlace),
    settings: { ...readSettings(flags.set), ...(model === undefined ? {} : { model }) },
    system: flags.system,
    isContinued: flags.continue === true,
    session: flags.session,
    context: {
      sources: flags.context.length > 0 ? flags.context : listed(env['CONTEXT_PATH']),
      extensions: listed(flags.contextExt ?? env['CONTEXT_GREP']).map((extension) =>
        extension.toLowerCase().replace(/^[*.]+/, ''),
      ),
      maxTokens: flags.contextTokens ?? (Number(env['CONTEXT_TOKENS']) || DEFAULT_CONTEXT_TOKENS),
    },
    isSpoken: flags.speak === true,
    showsStats: flags.stats === true,
    isJson: flags.json === true,
    logFile: flags.log ?? (env['CHAT_LOG_DEST'] || undefined),
  }
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

function listed(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}
