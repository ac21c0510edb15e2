import { showModels } from './shown-models.ts'
import { type TroupePage } from './troupe-page.ts'

export interface Things {
  /** 16 kHz: what the user says in a call. */
  readonly said: Int16Array
}

/** Goes to a screen and waits until it shows what it is there for. */
export type Visit = (troupe: TroupePage, things: Things) => Promise<void>

const at =
  (path: string, heading: string | RegExp): Visit =>
  async ({ page }) => {
    await page.goto(new URL(path, page.url()).href)
    await page.getByRole('heading', { name: heading }).first().waitFor()
  }

/** Every screen there is, by name. */
export const SCREENS: Readonly<Record<string, Visit>> = {
  empty: async ({ page }) => page.getByRole('heading', { name: 'The stage is yours.' }).waitFor(),
  conversation,
  call,
  conversations: at('/conversations', /^(Conversations|All conversations)/),
  characters: at('/characters', 'Characters'),
  character: at('/characters/nora-001', /Nora/),
  'character-lore': async ({ page }) => {
    await page.goto(new URL('/characters/nora-001/lore', page.url()).href)
    await page.getByRole('tab', { name: 'Lore', selected: true }).waitFor()
    await page.getByRole('button', { name: 'A new lorebook' }).waitFor()
  },
  'character-voice': async ({ page }) => {
    await page.goto(new URL('/characters/nora-001/voice', page.url()).href)
    await page.getByRole('combobox', { name: 'Actions' }).waitFor()
  },
  voices: at('/voices', 'Voices'),
  voice: async ({ page }) => {
    await page.goto(new URL('/voices', page.url()).href)
    await page.getByRole('link', { name: /^Nora/ }).click()
    await page.getByRole('textbox', { name: 'Test sentence' }).waitFor()
  },
  models: async ({ page }) => {
    await showModels(page)
    await page.request.post(new URL('/api/runners/llama3.1:8b/start', page.url()).href)
    await page.goto(new URL('/models', page.url()).href)
    await page.getByRole('button', { name: 'Stop llama3.1:8b' }).waitFor()
    await page.getByText('Qwen2.5-1.5B-Instruct-Q8_0.gguf').waitFor()
    await page.getByText(/GB of models/u).waitFor()
  },
  'model-talk': async ({ page }) => {
    await showModels(page)
    await page.goto(new URL('/models/runner/llama3.1:8b', page.url()).href)
    await page.getByRole('textbox', { name: 'Write to llama3.1:8b' }).fill('Good evening. Who is there?')
    await page.keyboard.press('Enter')
    await page.getByText(/^first token after/u).waitFor()
  },
  'settings-models': at('/settings/providers', 'Language model'),
  'settings-sound': at('/settings/sound', 'Sound'),
  'settings-turns': at('/settings/turns', 'Taking turns'),
  'settings-appearance': at('/settings/appearance', 'Appearance'),
  'settings-personas': at('/settings/personas', 'Whom you play'),
  'settings-data': at('/settings/data', 'Thrown away'),
  'settings-doors': at('/settings/doors', 'Other programs'),
  'settings-about': at('/settings/about', 'Troupe'),
  palette: async ({ page }) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('option').first().waitFor()
  },
  keys: async ({ page }) => {
    await page.locator('main').focus()
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keys' }).waitFor()
  },
  guide: async ({ page }) => {
    await page.evaluate(() => localStorage.setItem('troupe.guide', 'sound'))
    await page.reload()
    await page.getByRole('heading', { name: 'Can you hear this?' }).waitFor()
  },
}

/** A told story, an interruption, and two who answer. */
async function conversation(troupe: TroupePage): Promise<void> {
  const from = await troupe.write('@Nora hello, my name is Sam. Tell me a story')
  await troupe.untilSound((await troupe.position()).newest)
  await troupe.page.waitForTimeout(3_500)
  await troupe.page.keyboard.press('Escape')
  await troupe.wire.event('turn_ended', { from })
  const { newest } = await troupe.position()
  await troupe.write('@Felix and @Iris, what do you think of that?')
  await troupe.untilSound(newest)
  await troupe.page.waitForTimeout(1_800)
}

async function call(troupe: TroupePage, { said }: Things): Promise<void> {
  await troupe.button('Talk').click()
  await troupe.wire.event('listening_started')
  const { newest } = await troupe.position()
  await troupe.speak(said)
  await troupe.untilSound(newest)
  await troupe.page.waitForTimeout(1_800)
}
