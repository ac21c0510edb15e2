import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import { type FastifyInstance, type FastifyReply } from 'fastify'

const BUILT_UI = fileURLToPath(new URL('../frontend/dist', import.meta.url))

const NOT_BUILT = `<!doctype html><meta charset="utf-8"><title>Troupe</title>
<p>The server runs, but its pages have not been built. Run <code>npm run setup</code> and start it again.</p>`

const WITHOUT_PAGES = 'Troupe runs here, without pages. GET /health says which of its doors are open.\n'

/** Scripts come from us alone; a reply's text can load nothing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "connect-src 'self' ws: wss:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob: https:",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Serves the built pages; whatever is not a file or an interface is a place inside the single page. */
export async function registerWebUi(app: FastifyInstance): Promise<void> {
  const isBuilt = existsSync(BUILT_UI)
  if (isBuilt) {
    await app.register(fastifyStatic, {
      root: BUILT_UI,
      index: false,
      cacheControl: false,
      setHeaders: (reply, path) => {
        const isHashed = path.includes('/assets/')
        reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
        reply.header('x-content-type-options', 'nosniff')
        if (path.endsWith('.html')) protectPage(reply)
      },
    })
  }
  app.setNotFoundHandler(async (request, reply) => {
    const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
    if (!isPage || /^\/(api|v1|ws)(\/|$)/.test(request.url)) {
      return reply
        .code(404)
        .send({ error: `There is nothing at ${request.url.split('?')[0]}`, code: 'not_found' })
    }
    return isBuilt ? sendPage(reply) : reply.code(503).type('text/html').send(NOT_BUILT)
  })
  app.get('/', (_request, reply) =>
    isBuilt ? sendPage(reply) : reply.code(503).type('text/html').send(NOT_BUILT),
  )
}

/** The server without its pages says in a line what it is. */
export function registerNoWebUi(app: FastifyInstance): void {
  app.setNotFoundHandler(async (request, reply) =>
    reply.code(404).send({ error: `There is nothing at ${request.url.split('?')[0]}`, code: 'not_found' }),
  )
  app.get('/', (_request, reply) => reply.type('text/plain; charset=utf-8').send(WITHOUT_PAGES))
}

function sendPage(reply: FastifyReply): FastifyReply {
  return reply.sendFile('index.html')
}

/** The page is the same under its own name, so its headers go with the file. */
function protectPage(reply: FastifyReply): void {
  reply.header('content-security-policy', CONTENT_SECURITY_POLICY)
  reply.header('referrer-policy', 'no-referrer')
}
