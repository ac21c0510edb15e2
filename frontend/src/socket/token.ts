const KEY = 'troupe-token'

/** Takes the token out of the address, so that it is neither bookmarked nor shared, and keeps it for this tab. */
export function takeToken(): string | null {
  const url = new URL(location.href)
  const fromAddress = url.searchParams.get('token')
  if (fromAddress !== null) {
    keepToken(fromAddress)
    url.searchParams.delete('token')
    history.replaceState(history.state, '', url)
  }
  return sessionStorage.getItem(KEY)
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token)
}

/** Where the server listens, as seen from this page. */
export function socketUrl(): string {
  const url = new URL('/ws', location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  const token = takeToken()
  if (token !== null) url.searchParams.set('token', token)
  return url.href
}
