import { type Locator } from 'playwright-core'
import { type TroupePage } from './troupe-page.ts'

/** What was said, line by line, as it stands on the page. */
export const lines = (troupe: TroupePage): Locator => troupe.script.getByRole('article')

/** Chooses from the menu of a line, counted from 0. */
export async function choose(troupe: TroupePage, index: number, words: string): Promise<void> {
  await lines(troupe).nth(index).hover()
  await lines(troupe)
    .nth(index)
    .getByRole('button', { name: /^More for this line/ })
    .click()
  await troupe.page.getByRole('menuitem', { name: words, exact: true }).click()
}
