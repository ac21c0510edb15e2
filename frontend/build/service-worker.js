// Keeps the shell of the app, and nothing else: what is said and stored stays with the server.
// `__SHELL__` and `__VERSION__` are filled in by `app-shell.ts`.

const SHELL = __SHELL__
const CACHE = 'troupe-shell-__VERSION__'
const SERVER_ONLY = /^\/(?:api|ws|media|v1|health|metrics)(?:\/|$)/

self.addEventListener('install', (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(forgetOthers().then(() => self.clients.claim()))
})

// The page asks for it when the user wants the newer version now.
self.addEventListener('message', ({ data }) => {
  if (data === 'take-over') self.skipWaiting()
})

self.addEventListener('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== self.location.origin || SERVER_ONLY.test(pathname)) return
  if (request.mode === 'navigate') event.respondWith(page(request))
  else if (pathname.startsWith('/assets/') || SHELL.includes(pathname)) event.respondWith(asset(request))
})

/** From the server while there is one; else the page as it was. Every place is the same page. */
async function page(request) {
  try {
    return await fetch(request)
  } catch {
    const kept = await caches.match('/', { cacheName: CACHE })
    return kept ?? Response.error()
  }
}

/** Its name changes with its content, so what is kept is right; what was not fetched ahead is kept when it comes. */
async function asset(request) {
  const cache = await caches.open(CACHE)
  const kept = await cache.match(request)
  if (kept) return kept
  const fresh = await fetch(request)
  if (fresh.ok) await cache.put(request, fresh.clone())
  return fresh
}

async function forgetOthers() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('troupe-shell-') && name !== CACHE)
  await Promise.all(old.map((name) => caches.delete(name)))
}
