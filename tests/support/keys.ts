import { type FileChooser, type Locator, type Page } from 'playwright-core'

/** More stops of the Tab key than any page has. */
const MOST_STOPS = 200
/** Longer than any list that is walked through by arrows. */
const MOST_STEPS = 60

/** A pair of hands without a mouse: goes to things with Tab and arrows, as somebody does who has only keys. */
export class Keys {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
    // The browser is told at once that files are chosen here: told together with the key, it may hear of it behind it.
    page.on('filechooser', () => undefined)
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.#page.keyboard.press(key)
  }

  async type(words: string): Promise<void> {
    await this.#page.keyboard.type(words)
  }

  /** Writes into a field, in place of what stands there. */
  async fill(field: Locator, words: string): Promise<void> {
    await this.to(field)
    await this.press('Control+a')
    await this.type(words)
  }

  /** Goes there with Tab. @throws Error if it is no stop of Tab. */
  async to(goal: Locator): Promise<void> {
    await this.#walk('Tab', goal, MOST_STOPS)
  }

  /** Goes there with an arrow, from one of the same list. */
  async along(arrow: string, goal: Locator): Promise<void> {
    await this.#walk(arrow, goal, MOST_STEPS)
  }

  /** Goes there with Tab, and presses it. */
  async use(goal: Locator, key = 'Enter'): Promise<void> {
    await this.to(goal)
    await this.press(key)
  }

  /** Opens a menu or a list with its button, and takes something of it. */
  async take(button: Locator, item: Locator): Promise<void> {
    await this.use(button)
    await this.along('ArrowDown', item)
    await this.press('Enter')
  }

  /** Goes to a control that asks for a file, and presses it. The file itself is chosen in a window of the browser. */
  async choose(goal: Locator, files: Parameters<FileChooser['setFiles']>[0]): Promise<void> {
    await this.to(goal)
    const asked = this.#page.waitForEvent('filechooser')
    await this.press('Enter')
    await (await asked).setFiles(files)
  }

  async #walk(key: string, goal: Locator, most: number): Promise<void> {
    let element = await goal.evaluateHandle(itself)
    for (let step = 0; step < most; step += 1) {
      const place = await element.evaluate(placeOfFocus)
      if (place === 'there') return
      // It was drawn anew meanwhile.
      if (place === 'gone') element = await goal.evaluateHandle(itself)
      else await this.press(key)
    }
    const there = await this.#page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200))
    throw new Error(`${key} does not lead to ${String(goal)}; it ended at ${there}`)
  }
}

const itself = (element: Element): Element => element

/** In the page: where the focus is. A menu marks what it is at before it moves the focus there. */
function placeOfFocus(element: Element): 'there' | 'gone' | 'elsewhere' {
  if (!element.isConnected) return 'gone'
  const isThere = element === document.activeElement || element.hasAttribute('data-highlighted')
  return isThere ? 'there' : 'elsewhere'
}
