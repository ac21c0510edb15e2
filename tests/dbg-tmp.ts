import { launchChromium } from './support/chromium.ts'
import { ServerProcess } from './support/server-process.ts'
import { TroupePage } from './support/troupe-page.ts'
const dir = process.argv[2]!, conv = process.argv[3]!, m = process.argv[4]!
const server = await ServerProcess.start(dir)
const browser = await launchChromium()
const troupe = await TroupePage.open(browser, server.url, { path: `/c/${conv}`, query: `m=${m}` })
for (let i=0;i<8;i++){ await troupe.page.waitForTimeout(250)
 console.log(await troupe.page.evaluate(() => { const s=document.querySelector('[role=region]')!; return { top:s.scrollTop, h:s.scrollHeight, active: document.activeElement?.outerHTML.slice(0,160), rows:[...document.querySelectorAll('[data-row]')].map(e=>(e as HTMLElement).dataset.row).join(' ').slice(0,200)} })) }
console.log(troupe.faults)
await troupe.page.screenshot({path:'/tmp/w-t-dbg/a.png'})
await browser.close(); await server.end('SIGTERM')
