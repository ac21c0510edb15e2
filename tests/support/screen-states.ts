import { lines } from './script-lines.ts'
import { type Visit } from './screens.ts'
import { showModels } from './shown-models.ts'

const CARD = {
  name: 'wanda.json',
  mimeType: 'application/json',
  buffer: Buffer.from(
    JSON.stringify({ name: 'Wanda', description: 'Keeps a lighthouse.', tags: 'coast, night' }),
  ),
}
const TORN = { name: 'torn.json', mimeType: 'application/json', buffer: Buffer.from('{ "data": {') }

const tab =
  (name: string, words: string | RegExp): Visit =>
  async ({ page }) => {
    await page.goto(new URL(`/characters/nora-001/${name}`, page.url()).href)
    await page.getByRole('tab', { selected: true }).waitFor()
    await page.getByText(words).first().waitFor()
  }

/** What opens within the screens and over them. */
export const SCREEN_STATES: Readonly<Record<string, Visit>> = {
  'character-definitions': tab('definitions', 'Personality'),
  'character-greetings': tab('greetings', 'First words'),
  'character-examples': tab('examples', 'As the model reads them'),
  'character-chats': tab('chats', /^Conversations/u),
  'character-json': tab('raw', 'Everything that is stored'),
  'bringing-cards-in': async ({ page }) => {
    await page.goto(new URL('/characters', page.url()).href)
    // Whoever came second finds Wanda there already, and is asked about her.
    for (const files of [[CARD], [CARD, TORN]]) {
      const asked = page.waitForEvent('filechooser')
      await page.getByRole('main').getByRole('button', { name: 'Bring cards in' }).click()
      await (await asked).setFiles(files)
      await page
        .getByText('Was here already')
        .or(page.getByText(/brought in$/u))
        .first()
        .waitFor()
    }
    await page.getByRole('group', { name: 'Somebody is here already' }).first().waitFor()
    await page.getByText('Not brought in').or(page.locator('.error')).first().waitFor()
  },
  'choosing-several': async ({ page }) => {
    await page.goto(new URL('/characters', page.url()).href)
    await page.getByRole('button', { name: 'Choose several' }).click()
    await page.getByRole('button', { name: 'Choose all' }).click()
    await page.getByRole('toolbar').getByRole('button', { name: 'Tags' }).click()
    await page.getByRole('dialog', { name: /^Tags of/u }).waitFor()
  },
  'choosing-a-greeting': async ({ page }) => {
    await page.goto(new URL('/characters/nora-001/chats', page.url()).href)
    await page.getByRole('button', { name: 'A new conversation' }).click()
    await page.getByRole('dialog', { name: 'How it begins' }).waitFor()
  },
  'models-empty': async ({ page }) => {
    await page.request.put(new URL('/api/runners/config', page.url()).href, { data: { text: '{}' } })
    await page.goto(new URL('/models', page.url()).href)
    await page.getByRole('heading', { name: 'No model yet' }).waitFor()
    await page.getByText(/^No model files were found/u).waitFor()
  },
  'models-off': async ({ page }) => {
    const answer = {
      is_there: false,
      overview: { runners: [], memory_used_bytes: 0, disk_used_bytes: 0 },
      config_path: '',
    }
    await page.route('**/api/runners', (route) => route.fulfill({ json: answer }))
    await page.goto(new URL('/models', page.url()).href)
    await page.getByRole('heading', { name: 'No models of its own' }).waitFor()
  },
  'models-file': async ({ page }) => {
    await showModels(page)
    await page.goto(new URL('/models/file', page.url()).href)
    const text = page.getByRole('textbox', { name: 'The runners file' })
    await text.fill('{ "runners": [')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('alert').waitFor()
  },
  'model-log': async ({ page }) => {
    await showModels(page)
    await page.goto(new URL('/models/runner/bge-m3/logs', page.url()).href)
    await page.request.post(new URL('/api/runners/bge-m3/start', page.url()).href)
    await page.getByText('model loaded').first().waitFor()
  },
  'model-parameters': async ({ page }) => {
    await showModels(page)
    await page.goto(new URL('/models/runner/llama3.1:8b/parameters', page.url()).href)
    await page.getByRole('textbox', { name: 'Further flags' }).fill('--port')
    await page.getByRole('button', { name: 'Save' }).click()
    await page
      .getByRole('alert')
      .getByText(/is decided by Troupe/u)
      .waitFor()
  },
  'model-that-fails': async ({ page }) => {
    await showModels(page)
    await page.goto(new URL('/models/runner/gemma-3:27b', page.url()).href)
    await page.getByRole('button', { name: 'Start gemma-3:27b' }).click()
    await page
      .getByText(/failed to allocate/u)
      .first()
      .waitFor()
  },
  'name-of-a-model': async ({ page }) => {
    await showModels(page)
    await page.goto(new URL('/models/runner/bge-m3/logs', page.url()).href)
    await page.getByRole('button', { name: 'More for bge-m3' }).click()
    await page.getByRole('menuitem', { name: 'Copy' }).click()
    await page.getByRole('dialog', { name: 'A copy of bge-m3' }).waitFor()
  },
  'a-conflict': conflict,
  'menu-of-a-line': async (troupe) => {
    const from = await troupe.write('@Nora hello')
    await troupe.wire.event('turn_ended', { from })
    const line = lines(troupe).last()
    await line.focus()
    await line.press('.')
    await troupe.page.getByRole('menuitem', { name: 'Delete' }).waitFor()
  },
}

/** One voice, changed here and elsewhere. */
async function conflict({ page, wire }: Parameters<Visit>[0]): ReturnType<Visit> {
  const headers = { 'content-type': 'application/json' }
  const from = wire.events.length
  await page.request.post(new URL('/api/voices', page.url()).href, {
    headers,
    data: { voice_name: 'Old sailor', method: 'auto', settings: { engine_voice: 'awb' } },
  })
  const { data } = await wire.event('voice_created', { from })
  const path = `/voices/${data.voice_id}`
  await page.goto(new URL(path, page.url()).href)
  const name = page.getByRole('textbox', { name: 'Name' })
  await name.fill('Old captain')
  await page.request.patch(new URL(`/api${path}`, page.url()).href, {
    headers,
    data: { voice_name: 'Ship’s cook' },
  })
  await wire.event('voice_updated', { from })
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('dialog', { name: /was changed in two places/u }).waitFor()
}
