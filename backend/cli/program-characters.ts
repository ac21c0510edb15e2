import { type Command, Option } from 'commander'
import { OnDuplicate } from '#shared/entities.ts'
import { CHARACTER_FORMATS, type CharacterFormat } from './character-files.ts'
import { exportCharacters, listCharacters } from './characters-verbs.ts'
import { importCharacters } from './import-characters.ts'
import { JSON_FLAG, type ProgramContext, type Run, running } from './program-context.ts'

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
    .description(
      'Add the characters of files: cards as PNG, CHARX, JSON or YAML, archives of them (ZIP), and our own JSON.',
    )
    .argument('<file...>', '"-" reads standard input')
    .addOption(
      new Option(
        '--on-duplicate <what>',
        'of a character that is there already: leave it, add a copy, update it',
      )
        .choices(OnDuplicate.options)
        .default('copy'),
    )
    .option(...JSON_FLAG)
    .addHelpText(
      'after',
      '\nPictures and lorebooks of a card come along. What had to be repaired is told; a file that cannot be read does not' +
        ' keep the others away.\n\nExamples:\n  troupe characters import *.png --on-duplicate skip\n' +
        '  curl -s https://example.com/card.json | troupe characters import -',
    )
    .action((files: string[], flags: { onDuplicate: OnDuplicate; json?: true }) =>
      run((connected) =>
        importCharacters(connected, { files, onDuplicate: flags.onDuplicate, json: flags.json === true }),
      ),
    )
}

function addExport(characters: Command, run: Run): void {
  characters
    .command('export')
    .description('Write characters as cards or JSON.')
    .argument('[name...]', 'which; without a name, all of them')
    .addOption(
      new Option(
        '-f, --format <format>',
        'a card with everything in it (png, json, charx), or the words alone',
      )
        .choices(CHARACTER_FORMATS)
        .default('troupe'),
    )
    .option('-o, --output <file>', 'where to, a folder for several cards; without it, to stdout')
    .addHelpText(
      'after',
      '\nA card that nobody has edited is written as the file it came from. "troupe" is our own, "v2" and "v3" are cards' +
        ' without pictures and lorebook; of these, several characters are a list.' +
        '\n\nExamples:\n  troupe characters export Nora -f png -o nora.png\n  troupe characters export -f charx -o cards/',
    )
    .action((names: string[], flags: { format: CharacterFormat; output?: string }) =>
      run((connected) => exportCharacters(connected, { names, ...flags })),
    )
}
