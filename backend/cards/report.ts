import { type CardReport } from '#shared/entities.ts'

const MAX_LINES = 500
const MAX_QUOTE = 120

/** Where in a card something is: `['data', 'tags', 0]`. */
export type Path = readonly (string | number)[]

/** Collects what became of a file while it is read. One line per path and rule, and not endlessly many. */
export class Report {
  readonly #repaired = new Map<string, CardReport['repaired'][number]>()
  readonly #ignored = new Map<string, CardReport['ignored'][number]>()
  readonly #kept = new Set<string>()

  repaired(path: Path, rule: string, change: { readonly from: unknown; readonly to: unknown }): void {
    const shown = shownPath(path)
    const key = `${shown}\n${rule}`
    if (this.#repaired.has(key) || this.#repaired.size >= MAX_LINES) return
    this.#repaired.set(key, { path: shown, rule, from: quoted(change.from), to: quoted(change.to) })
  }

  ignored(path: Path, reason: string): void {
    const shown = shownPath(path)
    const key = `${shown}\n${reason}`
    if (!this.#ignored.has(key) && this.#ignored.size < MAX_LINES)
      this.#ignored.set(key, { path: shown, reason })
  }

  kept(path: Path): void {
    if (this.#kept.size < MAX_LINES) this.#kept.add(shownPath(path))
  }

  done(): CardReport {
    return {
      repaired: [...this.#repaired.values()],
      ignored: [...this.#ignored.values()],
      kept: [...this.#kept].map((path) => ({ path })),
    }
  }
}

/** `data.character_book.entries[3].keys` */
function shownPath(path: Path): string {
  const parts = path.map((step, index) => {
    if (typeof step === 'number') return `[${step}]`
    return index === 0 ? step : `.${step}`
  })
  return parts.join('').slice(0, 500)
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE)}…` : text
}
