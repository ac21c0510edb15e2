/** A file as the browser saves it. */
export interface SavedFile {
  readonly name: string
  readonly content: Blob
}

/** Long enough for the browser to have begun to read it. */
const KEPT_MS = 10_000

/** Hands a file to the user, as a download. */
export function saveFile({ name, content }: SavedFile): void {
  const url = URL.createObjectURL(content)
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS)
}
