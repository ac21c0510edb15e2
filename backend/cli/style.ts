/** SGR codes of the few styles that are used. */
export const SGR = {
  bold: '1',
  dim: '2',
  italic: '3',
  underline: '4',
  strike: '9',
  red: '31',
  green: '32',
  yellow: '33',
  cyan: '36',
} as const
export type SgrName = keyof typeof SGR

export interface Style {
  readonly isColoured: boolean
  /** The text in the style, or as it is where there are no colours. */
  paint(text: string, ...names: readonly SgrName[]): string
  /** The text in the colour `#rrggbb`, bold. */
  tint(text: string, color: string | null): string
}

export function createStyle(isColoured: boolean): Style {
  if (!isColoured) return { isColoured, paint: (text) => text, tint: (text) => text }
  return {
    isColoured,
    paint: (text, ...names) => `${sgr(names.map((name) => SGR[name]))}${text}${sgr([])}`,
    tint: (text, color) => `${sgr([SGR.bold, ...rgbOf(color)])}${text}${sgr([])}`,
  }
}

/** The escape sequence that sets exactly these codes. */
export function sgr(codes: readonly string[]): string {
  return codes.length === 0 ? '\u001B[0m' : `\u001B[0;${codes.join(';')}m`
}

function rgbOf(color: string | null): string[] {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color ?? '')
  if (!parts) return [SGR.cyan]
  return ['38', '2', ...parts.slice(1).map((part) => String(Number.parseInt(part, 16)))]
}

/**
 * What others wrote, made harmless for a terminal: without control characters, which could move the cursor, set the
 * title or answer in the user's name, and without marks that turn the direction of the text around.
 */
export function harmless(text: string): string {
  // oxlint-disable-next-line no-control-regex -- Control characters are what this is about.
  return text.replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '')
}
