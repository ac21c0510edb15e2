/** The sections of the settings, each with an address of its own: `/settings/<id>`. */
export const SECTIONS = [
  'providers',
  'sound',
  'turns',
  'appearance',
  'personas',
  'data',
  'doors',
  'about',
] as const
export type SectionId = (typeof SECTIONS)[number]

export function sectionOf(id: string | undefined): SectionId {
  return SECTIONS.find((one) => one === id) ?? 'providers'
}
