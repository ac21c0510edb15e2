import { type RawData } from 'ws'

export function bytesOf(data: RawData): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data)
  return Buffer.isBuffer(data) ? data : Buffer.from(data)
}

export function textOf(data: RawData): string {
  return bytesOf(data).toString('utf8')
}
