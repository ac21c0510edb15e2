/** An unfinished `@name` before the caret. */
export type Mention = { start: number; query: string }

/** The mention being typed at the caret, if there is one: an `@` at the start of a word. */
export function mentionAt(text: string, caret: number): Mention | null {
  const match = /(?:^|[\s([{"'“‘])@([\p{L}\p{N}'’-]{0,30})$/u.exec(text.slice(0, caret))
  if (!match) return null
  const query = match[1] ?? ''
  return { start: caret - query.length - 1, query }
}

/** Members whose name or nickname, or a word of them, begins with the query. */
export function mentionMatches<Member extends { name: string; nickname?: string }>(
  members: readonly Member[],
  query: string,
): Member[] {
  const wanted = query.toLowerCase()
  return members.filter(({ name, nickname = '' }) =>
    [name, nickname, ...`${name} ${nickname}`.split(/\s+/)]
      .filter((word) => word !== '')
      .some((word) => word.toLowerCase().startsWith(wanted)),
  )
}

/** The text with the mention completed, and where the caret stands then. */
export function completeMention(
  text: string,
  mention: Mention,
  name: string,
): { text: string; caret: number } {
  const before = `${text.slice(0, mention.start)}@${name} `
  const after = text.slice(mention.start + 1 + mention.query.length).replace(/^ /, '')
  return { text: before + after, caret: before.length }
}
