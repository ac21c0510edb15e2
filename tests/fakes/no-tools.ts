import { AppError } from '../../backend/errors.ts'
import { type ToolBox } from '../../backend/tools/tool-box.ts'

/** For conversations in which nothing is looked up. */
export const noTools: ToolBox = {
  missing: () => 'not here',
  specsFor: () => [],
  run: () => Promise.reject(new AppError('internal', 'There are no tools here')),
}
