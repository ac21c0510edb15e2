const SLUG_MAX_CHARACTERS = 40

/**
 * A name as it may stand in an id or an address: lower case letters and digits of any script, joined by hyphens.
 * Accents fall off (`Zoë` → `zoe`); a name without letters or digits becomes the fallback.
 */
export function slug(name: string, fallback: string): string {
  const plain = name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '-')
  const short = Array.from(trimmed(plain)).slice(0, SLUG_MAX_CHARACTERS).join('')
  return trimmed(short) || fallback
}

/** The next id of its kind: `nora-001`, or one more than the highest number already taken. */
export function numberedId(stem: string, taken: readonly string[]): string {
  const numbers = taken
    .filter((id) => id.startsWith(`${stem}-`))
    .map((id) => id.slice(stem.length + 1))
    .filter((rest) => /^\d{1,9}$/.test(rest))
    .map(Number)
  return `${stem}-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`
}

function trimmed(hyphenated: string): string {
  return hyphenated.replaceAll(/^-+|-+$/g, '')
}
