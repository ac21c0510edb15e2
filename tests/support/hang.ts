/** Who has waited this long in real time waits for something that does not come. Far above what a busy machine needs. */
export const HANG_MS = 60_000
