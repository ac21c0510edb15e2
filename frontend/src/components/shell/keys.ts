/** Every key of the house, once: the tips, the list of keys and `docs/keys.md` are made of it. */

export const KEY_GROUPS = ['everywhere', 'conversation', 'composer', 'call', 'library'] as const
export type KeyGroup = (typeof KEY_GROUPS)[number]

export interface KeyLine {
  /** What it does, as `shell.keys.<id>` says it. */
  readonly id: string
  readonly group: KeyGroup
  /** Pressed together; a `then` stands between those that follow one another. */
  readonly keys: readonly string[]
}

const line = (group: KeyGroup, id: string, ...keys: readonly string[]): KeyLine => ({ id, group, keys })

export const KEY_LINES: readonly KeyLine[] = [
  line('everywhere', 'palette', 'Ctrl', 'K'),
  line('everywhere', 'help', '?'),
  line('everywhere', 'goConversations', 'G', 'then', 'C'),
  line('everywhere', 'goCharacters', 'G', 'then', 'A'),
  line('everywhere', 'goVoices', 'G', 'then', 'V'),
  line('everywhere', 'goModels', 'G', 'then', 'M'),
  line('everywhere', 'goSettings', 'G', 'then', 'S'),
  line('everywhere', 'fresh', 'N'),
  line('everywhere', 'close', 'Esc'),
  line('conversation', 'interrupt', 'Esc'),
  line('conversation', 'write', 'W'),
  line('conversation', 'stepBack', '←'),
  line('conversation', 'stepOn', '→'),
  line('conversation', 'walk', '↑ ↓'),
  line('conversation', 'lineMenu', '.'),
  line('composer', 'send', 'Enter'),
  line('composer', 'line', 'Shift', 'Enter'),
  line('composer', 'editOwn', '↑'),
  line('composer', 'again', 'Ctrl', 'Enter'),
  line('composer', 'goOn', 'Alt', 'Enter'),
  line('composer', 'names', '@'),
  line('composer', 'commands', '/'),
  line('call', 'mute', 'M'),
  line('call', 'talk', 'Space'),
  line('call', 'silence', 'Shift', 'Esc'),
  line('call', 'output', 'O'),
  line('call', 'captions', 'C'),
  line('library', 'search', '/'),
  line('library', 'arrows', '← ↑ → ↓'),
  line('library', 'open', 'Enter'),
  line('library', 'edit', 'E'),
  line('library', 'favour', 'F'),
]

/** What can be typed in place of a message, each with its hint as `chat.commands.<id>` says it. */
export const COMMAND_LINES = [
  'regenerate',
  'continue',
  'impersonate',
  'next',
  'mute',
  'unmute',
  'title',
  'export',
  'persona',
  'note',
  'new',
] as const

/** Of whom is only known in a conversation. */
const HINTS: Readonly<Record<string, string>> = { mute: 'muteWho', unmute: 'unmuteWho' }

/** Where the hint of a command stands among the words of the interface. */
export const hintOf = (command: string): string => `chat.commands.${HINTS[command] ?? command}`

/** As a tip shows it and `aria-keyshortcuts` wants it: `Ctrl+K`. */
export function keysOf(id: string): string | undefined {
  return KEY_LINES.find((one) => one.id === id)?.keys.join('+')
}
