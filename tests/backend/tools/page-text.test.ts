import { expect, test } from 'vitest'
import { pageText, wordsOf } from '../../../backend/tools/web/page-text.ts'
import { NEVER } from './support.ts'

async function textOf(body: string): Promise<string> {
  return (await pageText(Buffer.from(body), 'utf-8', NEVER)).text
}

test.each([
  ['paragraphs and lines', '<p>One\n  two<br>three</p><p>four', 'One two\nthree\n\nfour'],
  [
    'words in markup',
    '<p>un<b>believ</b>able <i>things</i>, <a href="/x">really</a>!',
    'unbelievable things, really!',
  ],
  [
    'headings and lists',
    '<h2>Soup</h2><ul><li>water<li><p>salt</p></ul><h3></h3>end',
    '## Soup\n\n- water\n- salt\n\nend',
  ],
  ['tables', '<table><tr><th>Name<th>Age<tr><td>Mo<td>3</table>', 'Name | Age\nMo | 3'],
  ['code as it stands', '<pre>if a:\n    b</pre>then', 'if a:\n    b\n\nthen'],
  ['entities', '<p>a &lt; b &amp; c&nbsp;&eacute; &#x1F642;', 'a < b & c é 🙂'],
  [
    'no code, no menus',
    '<nav>Home</nav><script>x<y</script><style>p{}</style><p>Text<footer>Imprint</footer>',
    'Text',
  ],
  ['nothing hidden', '<p hidden>a</p><p aria-hidden="true">b</p><div role="navigation">c</div><p>d', 'd'],
  ['broken markup', '<p>One</b></p></div><p>two<', 'One\n\ntwo<'],
  ['plain text', 'just words', 'just words'],
])('pageText() reads %s', async (_kind, body, text) => {
  expect(await textOf(body)).toBe(text)
})

test('pageText() takes the main part of a page, unless there is hardly anything in it', async () => {
  const story = 'Once upon a time. '.repeat(20).trim()
  expect(await textOf(`<div>Buy now</div><main><h1>Tale</h1>${story}</main>`)).toBe(`# Tale\n\n${story}`)
  expect(await textOf(`<div>${story}</div><main>Loading</main>`)).toBe(`${story}\n\nLoading`)
})

test('pageText() finds the title, wherever a drawing has one too', async () => {
  const page = '<title> The  Tale &amp; more</title><svg><title>icon</title></svg><p>x'
  expect(await pageText(Buffer.from(page), 'utf-8', NEVER)).toEqual({
    title: 'The Tale & more',
    text: 'x',
  })
})

test('pageText() reads letters that are cut between two pieces', async () => {
  const body = `x${'é'.repeat(40_000)}`
  expect(await textOf(body)).toBe(body)
})

test('pageText() lets others have their turn while it reads a large page', async () => {
  let turns = 0
  const count = (): void => {
    turns++
    handle = setImmediate(count)
  }
  let handle = setImmediate(count)
  await textOf('<p>word '.repeat(250_000))
  clearImmediate(handle)
  expect(turns).toBeGreaterThan(50)
})

test.each([
  ['tags in tags', '<div>'.repeat(400_000)],
  ['tags in tags that are closed in a wrong order', '<a><b></a>'.repeat(200_000)],
  ['a comment without end', `<p>Before<!--${'-'.repeat(1_000_000)}`],
  ['a tag without end', `<p>Before<a ${'b=c '.repeat(300_000)}`],
  ['brackets', '<'.repeat(1_000_000)],
  ['ampersands', '&'.repeat(1_000_000)],
  ['spaces', ' '.repeat(1_000_000)],
  ['code of spaces', `<pre>${' '.repeat(500_000)}<b>`.repeat(2)],
])('pageText() survives a million bytes of %s', { timeout: 5_000 }, async (_kind, body) => {
  expect((await textOf(body)).length).toBeLessThan(2_000_000)
})

test('pageText() stops when it is told to', async () => {
  const body = Buffer.from('<p>word '.repeat(250_000))
  const stopped = AbortSignal.abort(new Error('the user spoke'))
  await expect(pageText(body, 'utf-8', stopped)).rejects.toThrow('the user spoke')
})

test('wordsOf() reads extracts of search services', () => {
  expect(wordsOf('The <strong>cat</strong>&#x27;s\n  pyjamas &amp; more')).toBe("The cat's pyjamas & more")
})
