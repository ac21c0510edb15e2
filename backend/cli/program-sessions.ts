import { type Command, Option } from 'commander'
import { exportSessionFile, FILE_FORMATS, type FileFormat, importSessions } from './chat-files-verbs.ts'
import { type Connected } from './connection.ts'
import { EXPORT_FORMATS, type ExportFormat } from './export.ts'
import { countOf, JSON_FLAG, OUTPUT_FLAG, type ProgramContext, type Run, running } from './program-context.ts'
import {
  deleteSessions,
  exportSessionTo,
  listSessions,
  selectSession,
  showSession,
} from './sessions-verbs.ts'

const SESSION = 'its id or the start of it, its title, or "last"'

/** `troupe sessions …` */
export function addSessions(program: Command, context: ProgramContext): void {
  const run = running(context)
  const sessions = program
    .command('sessions')
    .description('What was said: list, show, select, import, export, delete.')
  sessions
    .command('list', { isDefault: true })
    .description('The sessions, the most recently used first; * marks the one that --continue goes on with.')
    .option('-n, --limit <count>', 'how many', countOf(1), 50)
    .option('-q, --query <words>', 'only those in which this was said')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nExamples:\n  troupe sessions list\n  troupe sessions list -q "the kettle" -n 5 --json',
    )
    .action((flags: { limit: number; query?: string; json?: true }) =>
      run((connected) => listSessions(connected, { ...flags, json: flags.json === true })),
    )
  addShow(sessions, run)
  addSelect(sessions, run)
  addImport(sessions, run)
  addExport(sessions, run)
  addDelete(sessions, run)
}

function addShow(sessions: Command, run: Run): void {
  sessions
    .command('show')
    .description('What was said in one of them.')
    .argument('[session]', SESSION, 'last')
    .option('-n, --limit <count>', 'only the last so many messages', countOf(1))
    .option('--json', 'as one JSON object')
    .addHelpText('after', '\nExamples:\n  troupe sessions show last\n  troupe sessions show 3f2a -n 10')
    .action((id: string, flags: { limit?: number; json?: true }) =>
      run((connected) => showSession(connected, id, { ...flags, json: flags.json === true })),
    )
}

function addSelect(sessions: Command, run: Run): void {
  sessions
    .command('select')
    .description('Choose the one that "troupe chat --continue" goes on with; without a name, from a list.')
    .argument('[session]', SESSION)
    .addHelpText(
      'after',
      '\nExamples:\n  troupe sessions select\n  troupe sessions select "An evening at the Lantern"',
    )
    .action((id: string | undefined) => run((connected) => selectSession(connected, id)))
}

function addImport(sessions: Command, run: Run): void {
  sessions
    .command('import')
    .description(
      'Add the chats of files: SillyTavern, Chub, RisuAI, Agnai, KoboldAI Lite, CAI Tools, our own, …',
    )
    .argument('<file...>')
    .option('-c, --character <id>', 'whose chats they are; without it, of those who are called so')
    .addOption(
      new Option('--on-duplicate <what>', 'what to do with a file that was imported before')
        .choices(['skip', 'copy'])
        .default('skip'),
    )
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nBring the characters first (troupe characters import), so that the chats find them.' +
        '\n\nExamples:\n  troupe sessions import chats/Mira/*.jsonl\n  troupe sessions import old.jsonl --character mira-001',
    )
    .action((files: string[], flags: { character?: string; onDuplicate: 'skip' | 'copy'; json?: true }) =>
      run((connected) => importSessions(connected, { files, ...flags, json: flags.json === true })),
    )
}

function addExport(sessions: Command, run: Run): void {
  sessions
    .command('export')
    .description(
      'Write a session as Markdown, JSON, JSON Lines (a message a line), or a file to be imported again.',
    )
    .argument('[session]', SESSION, 'last')
    .addOption(
      new Option('-f, --format <format>', "without it, by the file's name; else markdown").choices([
        ...EXPORT_FORMATS,
        ...FILE_FORMATS,
      ]),
    )
    .option(...OUTPUT_FLAG)
    .addHelpText(
      'after',
      '\nThe file is put in place when all of it is written; a full disk leaves what was there before.' +
        '\n\nExamples:\n  troupe sessions export last -o evening.md\n  troupe sessions export 3f2a -f jsonl | jq -r .content\n  troupe sessions export last -f sillytavern -o Mira.jsonl',
    )
    .action((id: string, flags: { format?: ExportFormat | FileFormat; output?: string }) =>
      run((connected) => exportAs(connected, id, flags)),
    )
}

function addDelete(sessions: Command, run: Run): void {
  sessions
    .command('delete')
    .description('Delete sessions for good.')
    .argument('<session...>', SESSION)
    .option('-y, --yes', 'without being asked')
    .addHelpText(
      'after',
      '\nExamples:\n  troupe sessions delete 3f2a\n  troupe sessions delete 3f2a 77c1 --yes',
    )
    .action((ids: string[], flags: { yes?: true }) =>
      run((connected) => deleteSessions(connected, ids, { isSure: flags.yes === true })),
    )
}

function exportAs(
  connected: Connected,
  id: string,
  { format, output }: { format?: ExportFormat | FileFormat; output?: string },
): Promise<void> {
  if (format === 'sillytavern' || format === 'troupe') {
    return exportSessionFile(connected, id, { format, output })
  }
  return exportSessionTo(connected, id, { format, output })
}
