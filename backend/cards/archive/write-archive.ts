import { crc32, deflateRawSync } from 'node:zlib'
import { type Archive, type PackedFile } from './read-archive.ts'

/** A file as it stands in an archive that is written. */
interface FileToWrite {
  readonly name: Buffer
  readonly method: number
  readonly flags: number
  readonly time: number
  readonly date: number
  readonly crc: number
  readonly sizeBytes: number
  readonly data: Uint8Array
  readonly attributes: number
}

export type NewFile = { readonly name: string; readonly bytes: Uint8Array }

/** 1 January 1980, so that the same files give the same archive. */
const FIRST_DATE = 0x21
const UTF8_NAME = 0x800
const SIZES_BEHIND = 0x8

/**
 * Writes an archive: files that were there keep their packed bytes, new ones of the same name take their place. The
 * same files give the same bytes.
 */
export function writeArchive(
  { prefix, isAbsolute, files, comment }: Archive,
  newFiles: readonly NewFile[],
): Uint8Array {
  const replaced = new Map(newFiles.map((file) => [file.name, file]))
  const known = new Set(files.map(({ name }) => name))
  const all = [
    ...files.map((file) => {
      const other = replaced.get(file.name)
      return other ? packedNew(other) : packedOld(file)
    }),
    ...newFiles.filter(({ name }) => !known.has(name)).map(packedNew),
  ]
  return joined(all, { prefix, comment, base: isAbsolute ? prefix.length : 0 })
}

export const EMPTY_ARCHIVE: Archive = {
  prefix: Buffer.alloc(0),
  isAbsolute: true,
  files: [],
  comment: Buffer.alloc(0),
}

function packedNew({ name, bytes }: NewFile): FileToWrite {
  const isText = name.endsWith('.json')
  return {
    name: Buffer.from(name),
    method: isText ? 8 : 0,
    flags: UTF8_NAME,
    time: 0,
    date: FIRST_DATE,
    crc: crc32(bytes),
    sizeBytes: bytes.length,
    data: isText ? deflateRawSync(bytes) : bytes,
    attributes: 0,
  }
}

function packedOld({ entry, packed }: PackedFile): FileToWrite {
  return {
    name: entry.fileNameRaw,
    method: entry.compressionMethod,
    flags: entry.generalPurposeBitFlag & ~SIZES_BEHIND,
    time: entry.lastModFileTime,
    date: entry.lastModFileDate,
    crc: entry.crc32,
    sizeBytes: entry.uncompressedSize,
    data: packed,
    attributes: entry.externalFileAttributes,
  }
}

function joined(
  files: readonly FileToWrite[],
  { prefix, comment, base }: { prefix: Uint8Array; comment: Uint8Array; base: number },
): Uint8Array {
  const parts: Uint8Array[] = [prefix]
  const directory: Buffer[] = []
  let offset = base
  for (const file of files) {
    const header = localHeader(file)
    directory.push(directoryEntry(file, offset))
    parts.push(header, file.data)
    offset += header.length + file.data.length
  }
  const list = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(offset, 16)
  end.writeUInt16LE(comment.length, 20)
  return Buffer.concat([...parts, list, end, comment])
}

function localHeader(file: FileToWrite): Buffer {
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  writeCommon(header, 6, file)
  return Buffer.concat([header, file.name])
}

function directoryEntry(file: FileToWrite, offset: number): Buffer {
  const header = Buffer.alloc(46)
  header.writeUInt32LE(0x02014b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(20, 6)
  writeCommon(header, 8, file)
  header.writeUInt32LE(file.attributes, 38)
  header.writeUInt32LE(offset, 42)
  return Buffer.concat([header, file.name])
}

/** What both headers say of a file. */
function writeCommon(header: Buffer, at: number, file: FileToWrite): void {
  header.writeUInt16LE(file.flags, at)
  header.writeUInt16LE(file.method, at + 2)
  header.writeUInt16LE(file.time, at + 4)
  header.writeUInt16LE(file.date, at + 6)
  header.writeUInt32LE(file.crc, at + 8)
  header.writeUInt32LE(file.data.length, at + 12)
  header.writeUInt32LE(file.sizeBytes, at + 16)
  header.writeUInt16LE(file.name.length, at + 20)
}
