/** The parts of a character's page, as they stand in its address. */
export const TABS = [
  'overview',
  'definitions',
  'greetings',
  'examples',
  'lore',
  'voice',
  'chats',
  'raw',
] as const
export type Tab = (typeof TABS)[number]

export function tabOf(name: string | undefined): Tab {
  return TABS.find((tab) => tab === name) ?? 'overview'
}
