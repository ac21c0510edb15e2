/** `Mira - 2024-10-18@20h52m17s123ms`, as SillyTavern calls its files. */
const DATED =
  /^(?<name>.+?)\s*-\s*(?<date>\d{4}-\d{1,2}-\d{1,2})\s*@?\s*(?<hour>\d{1,2})h\s*(?<minute>\d{1,2})m.*$/u

/** Without the folders that some senders put before it. */
export function baseName(file: string): string {
  return (file.split(/[/\\]/u).at(-1) ?? '').toWellFormed()
}

/** What a conversation is called that comes from a file of this name. */
export function titleOfFile(file: string): string {
  const name = baseName(file).replace(/\.(?:jsonl|json|txt)$/iu, '')
  const parts = DATED.exec(name)?.groups
  if (!parts) return name.trim()
  const { name: who = '', date = '', hour = '', minute = '' } = parts
  return `${who}, ${date} ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
}
