/** English is the original: German has exactly these keys, which the compiler checks. */
export const voices = {} as const
