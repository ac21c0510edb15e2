/** A line that begins with `/`, as far as it has been typed. */
export interface TypedCommand {
  /** What stands right behind the slash. */
  readonly word: string
  /** What stands behind that; null while the word is still being typed. */
  readonly argument: string | null
}

/** One line of the `/` menu. */
export interface CommandEntry {
  readonly key: string
  /** As it is typed. */
  readonly name: string
  readonly hint: string
  /** What stands in the composer when it is taken over without being carried out. */
  readonly completion: string
  /** Absent: more has to be typed first. */
  readonly run?: () => void
}

/** What can be asked for with `/`. */
export interface Command {
  readonly name: string
  readonly hint: string
  /** What may stand behind it, in words. */
  readonly argument?: string
  /** Whether it means something without an argument. */
  readonly needsArgument?: boolean
  /** The only arguments there are. */
  readonly options?: readonly { readonly value: string; readonly hint: string }[]
  readonly run: (argument: string) => void
}

/** The command that is being typed, if the text is one: a slash at its very beginning, and one line. */
export function commandIn(text: string): TypedCommand | null {
  const match = /^\/(\p{L}*)(?: ([^\n]*))?$/u.exec(text)
  if (!match) return null
  return { word: (match[1] ?? '').toLowerCase(), argument: match[2] ?? null }
}

/** What the menu offers for what has been typed so far. */
export function commandEntries(commands: readonly Command[], typed: TypedCommand): CommandEntry[] {
  const { word, argument } = typed
  if (argument === null) return commands.filter(({ name }) => name.startsWith(word)).map(entryOf)
  const command = commands.find(({ name }) => name === word)
  if (!command) return []
  return command.options ? optionEntries(command, argument) : [argumentEntry(command, argument)]
}

function entryOf({ name, hint, argument, needsArgument = false, options, run }: Command): CommandEntry {
  const takesMore = argument !== undefined || options !== undefined
  const entry = { key: name, name: `/${name}`, hint, completion: `/${name}${takesMore ? ' ' : ''}` }
  return needsArgument ? entry : { ...entry, run: () => run('') }
}

function optionEntries({ name, options = [], run }: Command, argument: string): CommandEntry[] {
  const wanted = argument.trim().toLowerCase()
  return options
    .filter(({ value }) => value.toLowerCase().startsWith(wanted))
    .map(({ value, hint }) => ({
      key: `${name} ${value}`,
      name: value,
      hint,
      completion: `/${name} ${value}`,
      run: () => run(value),
    }))
}

function argumentEntry(command: Command, argument: string): CommandEntry {
  const { name, hint, needsArgument = false, run } = command
  const entry = {
    key: name,
    name: `/${name} ${argument.trim() === '' ? `‹${command.argument ?? ''}›` : argument.trim()}`,
    hint,
    completion: `/${name} ${argument}`,
  }
  return needsArgument && argument.trim() === '' ? entry : { ...entry, run: () => run(argument.trim()) }
}
