/** The parts of a runner's page, each with an address of its own. */
export const TABS = ['talk', 'logs', 'parameters'] as const
export type Tab = (typeof TABS)[number]

export function tabOf(name: string | undefined): Tab {
  return TABS.find((tab) => tab === name) ?? 'talk'
}
