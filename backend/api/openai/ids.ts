import { randomUUID } from 'node:crypto'

/** `chatcmpl-6f1e…`: what begins with its kind is found in logs. */
export function newId(prefix: string): string {
  return `${prefix}${randomUUID().replaceAll('-', '')}`
}

/** Seconds since 1970. */
export function unixSeconds(date: Date): number {
  return Math.floor(date.getTime() / 1000)
}
