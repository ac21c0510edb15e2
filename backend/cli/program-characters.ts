import { type Command, Option } from 'commander'
import { CHARACTER_FORMATS, type CharacterFormat } from './character-files.ts'
import { exportCharacters, importCharacters, listCharacters } from './characters-verbs.ts'
import { JSON_FLAG, OUTPUT_FLAG, type ProgramContext, type Run, running } from './program-context.ts'

/** `troupe characters …` */
export function addCharacters(program: Command, context: ProgramContext): void {
  const run = running(context)
  const characters = program.command('characters').description('Who there is: list, import, export.')
  characters
    .command('list', { isDefault: true })
    .description('The characters of the library: name, id, whether active, what they are.')
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nExamples:\n  troupe characters list\n  troupe characters list --json | jq -r .name',
    )
    .action((flags: { json?: true }) =>
      run((connected) => listCharacters(connected, { json: flags.json === true })),
    )
  addImport(characters, run)
  addExport(characters, run)
}

function addImport(characters: Command, run: Run): void {
  characters
    .command('import')
    .description('Add the characters of JSON files: our own, or character cards of version 1, 2 and 3.')
    .argument('<file...>', '"-" reads standard input')
    .addHelpText(
      'after',
      '\nPictures with a card inside (PNG) cannot be read yet. Lorebooks and pictures of a card are left out, and it is said.' +
        '\n\nExamples:\n  troupe characters import aria.json\n  curl -s https://example.com/card.json | troupe characters import -',
    )
    .action((files: string[]) => run((connected) => importCharacters(connected, files)))
}

function addExport(characters: Command, run: Run): void {
  characters
    .command('export')
    .description('Write characters as JSON.')
    .argument('[name...]', 'which; without a name, all of them')
    .addOption(
      new Option('-f, --format <format>', 'our own, or a character card of version 2 or 3')
        .choices(CHARACTER_FORMATS)
        .default('troupe'),
    )
    .option(...OUTPUT_FLAG)
    .addHelpText(
      'after',
      '\nExamples:\n  troupe characters export Nora -o nora.json\n  troupe characters export Nora Felix -f v3 -o cards.json',
    )
    .action((names: string[], flags: { format: CharacterFormat; output?: string }) =>
      run((connected) => exportCharacters(connected, { names, ...flags })),
    )
}
