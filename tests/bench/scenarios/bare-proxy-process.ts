import { Agent, createServer, request } from 'node:http'
import { type AddressInfo } from 'node:net'

/** Passes everything on to a model server and looks at nothing: the least that a door can cost. */

const [baseUrl = ''] = process.argv.slice(2)
const { origin } = new URL(baseUrl)
const agent = new Agent({ keepAlive: true })

const server = createServer((asked, answer) => {
  const { method, headers, url = '/' } = asked
  const passed = request(new URL(url, origin), { method, headers, agent }, (answered) => {
    answer.writeHead(answered.statusCode ?? 502, answered.headers)
    answered.pipe(answer)
  })
  passed.on('error', () => answer.destroy())
  asked.pipe(passed)
})

server.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address()
  process.send?.(typeof address === 'object' && address ? address.port : 0)
})
process.on('disconnect', () => process.exit(0))
