/** The text of an entry without the `@@` lines at its beginning, for programs that would take them for text. */
export function withoutDecorators(content: string): string {
  const lines = content.split('\n')
  const count = lines.findIndex((line) => !line.startsWith('@@') && line.trim() !== '')
  const head = lines.slice(0, count === -1 ? lines.length : count)
  return head.some((line) => line.startsWith('@@')) ? lines.slice(head.length).join('\n').trim() : content
}
