import { TOOL_NAMES } from '#shared/entities.ts'
import { t } from '../../i18n/index.ts'

/** `looks at the clock`, or `looked at the clock` when it is over; of an unknown tool, its name. */
export function toolSentence(name: string, isOver: boolean): string {
  const tool = TOOL_NAMES.find((one) => one === name)
  if (tool === undefined) return t(isOver ? 'library.tools.used' : 'library.tools.uses', { name })
  return t(`library.tools.${tool}.${isOver ? 'done' : 'doing'}`)
}
