/** What card files are called; what is in them is found out when they are read. */
export const CARD_FILES = '.png,.apng,.json,.charx,.jpg,.jpeg,.webp,.yaml,.yml,.zip'

/** All files that were let go, those in folders, too. */
export async function droppedFiles(data: DataTransfer): Promise<File[]> {
  // The entries are gone after the first `await`, so they are all taken before.
  const entries = [...data.items].flatMap((item) =>
    item.kind === 'file' ? [item.webkitGetAsEntry() ?? item.getAsFile()] : [],
  )
  const files = await Promise.all(entries.map((entry) => filesIn(entry)))
  return files.flat()
}

async function filesIn(entry: FileSystemEntry | File | null): Promise<File[]> {
  if (entry === null) return []
  if (entry instanceof File) return [entry]
  if (isFile(entry)) return [await new Promise<File>((resolve, reject) => entry.file(resolve, reject))]
  if (!isFolder(entry)) return []
  const reader = entry.createReader()
  const found: File[] = []
  for (;;) {
    // A folder is read piece by piece, until a piece is empty.
    const piece = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject)
    })
    if (piece.length === 0) return found
    for (const inside of piece) found.push(...(await filesIn(inside)))
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
