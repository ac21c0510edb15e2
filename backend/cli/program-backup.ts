import { type Command } from 'commander'
import { backUpTo, restoreFrom } from './backup-verbs.ts'
import { type ProgramContext } from './program-context.ts'

/** `troupe backup` and `troupe restore` */
export function addBackup(program: Command, context: ProgramContext): void {
  program
    .command('backup')
    .description(
      'Write everything to one file: characters, conversations, voices, pictures, settings without keys.',
    )
    .argument('[file]', 'or a folder; without it, into this one under a name with the date')
    .addHelpText(
      'after',
      '\nIt may be in use meanwhile: the file holds what there was at one moment.' +
        '\n\nExamples:\n  troupe backup\n  troupe backup /mnt/usb/troupe.zip',
    )
    .action((file: string | undefined) => backUpTo(context.flags(), context.terminal, file))
  program
    .command('restore')
    .description('Put everything back from such a file, in the place of what is there.')
    .argument('<file>')
    .addHelpText(
      'after',
      '\nAll of the file is verified before anything is changed, and what was there is kept in a folder of the data' +
        '\ndirectory. A server that runs is restarted.' +
        '\n\nExamples:\n  troupe restore troupe-backup-2026-11-21.zip\n  troupe --data-dir ./data restore troupe.zip',
    )
    .action((file: string) => restoreFrom(context.flags(), context.terminal, file))
}
