/** Colours in OKLCH, where equal steps look equal; only as much of it as the interface needs. */

/** Lightness 0 … 1, chroma about 0 … 0.37, hue in degrees. */
export type Oklch = { lightness: number; chroma: number; hue: number }

/** Linear-light sRGB, each 0 … 1 when inside the gamut. */
type LinearRgb = readonly [red: number, green: number, blue: number]

/** @throws RangeError for anything but `#rrggbb`. */
export function fromHex(hex: string): Oklch {
  return toOklch(linearOf(hex))
}

export function toCss({ lightness, chroma, hue }: Oklch): string {
  return `oklch(${round(lightness, 3)} ${round(chroma, 3)} ${round(hue, 1)})`
}

/** WCAG contrast of two colours, 1 … 21. Colours outside sRGB are first brought inside it. */
export function contrast(one: Oklch, other: Oklch): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)
}

/** The same hue and lightness with as much of its chroma as a screen can show. */
export function intoGamut(color: Oklch): Oklch {
  let chroma = color.chroma
  while (chroma > 0 && !isInGamut(toLinearRgb({ ...color, chroma }))) chroma -= 0.004
  return { ...color, chroma: Math.max(0, chroma) }
}

function luminance(color: Oklch): number {
  const [red, green, blue] = toLinearRgb(intoGamut(color)).map((value) => Math.min(1, Math.max(0, value)))
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

function isInGamut(rgb: LinearRgb): boolean {
  return rgb.every((value) => value >= -0.0005 && value <= 1.0005)
}

function linearOf(hex: string): LinearRgb {
  const digits = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  if (!digits) throw new RangeError(`Cannot read colour: expected #rrggbb, received "${hex}"`)
  return [linearChannel(digits[1]), linearChannel(digits[2]), linearChannel(digits[3])]
}

function linearChannel(digits = '00'): number {
  return decodeGamma(Number.parseInt(digits, 16) / 255)
}

function decodeGamma(value: number): number {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
}

/** Matrices: Björn Ottosson's Oklab. */
function toOklch([r, g, b]: LinearRgb): Oklch {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
  const alpha = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s
  const beta = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s
  return {
    lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    chroma: Math.hypot(alpha, beta),
    hue: ((Math.atan2(beta, alpha) * 180) / Math.PI + 360) % 360,
  }
}

function toLinearRgb({ lightness, chroma, hue }: Oklch): LinearRgb {
  const radians = (hue * Math.PI) / 180
  const alpha = chroma * Math.cos(radians)
  const beta = chroma * Math.sin(radians)
  const l = (lightness + 0.3963377774 * alpha + 0.2158037573 * beta) ** 3
  const m = (lightness - 0.1055613458 * alpha - 0.0638541728 * beta) ** 3
  const s = (lightness - 0.0894841775 * alpha - 1.291485548 * beta) ** 3
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
