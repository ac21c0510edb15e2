import { randomUUID } from 'node:crypto'

/** `item_4f0c…`, as programs that look at ids expect them. */
export function newId(kind: 'sess' | 'conv' | 'item' | 'resp' | 'event' | 'call'): string {
  return `${kind}_${randomUUID().replaceAll('-', '').slice(0, 24)}`
}
