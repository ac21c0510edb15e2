import { TOOL_NAMES } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

/** All tools in the order in which they are offered. */
export const TOOLS = TOOL_NAMES.map((name) => ({
  name,
  title: () => t(`library.tools.${name}.title`),
  /** What it means to have it, for whoever decides. */
  hint: () => t(`library.tools.${name}.hint`),
}))

/** `looks at the clock`, or `looked at the clock` when it is over; of an unknown tool, its name. */
export function toolSentence(name: string, isOver: boolean): string {
  const tool = TOOL_NAMES.find((one) => one === name)
  if (tool === undefined) return t(isOver ? 'library.tools.used' : 'library.tools.uses', { name })
  return t(`library.tools.${tool}.${isOver ? 'done' : 'doing'}`)
}
