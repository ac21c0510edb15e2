import { fetchApi } from '../../socket/api.ts'

export const CHAT_FORMATS = ['jsonl', 'json', 'md'] as const
export type ChatFormat = (typeof CHAT_FORMATS)[number]

/**
 * Fetches a conversation as a file and hands it to the browser's downloads.
 * @throws RequestError
 */
export async function saveConversation(id: string, format: ChatFormat): Promise<void> {
  const response = await fetchApi({
    path: `/api/conversations/${encodeURIComponent(id)}/export?format=${format}`,
  })
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = fileNameIn(response.headers.get('content-disposition')) ?? `conversation.${format}`
  link.click()
  URL.revokeObjectURL(url)
}

/** The name the server gives the file: the one that can hold every letter comes first. */
export function fileNameIn(disposition: string | null): string | undefined {
  const whole = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1]
  const plain = /filename="([^"]+)"/i.exec(disposition ?? '')?.[1]
  return whole === undefined ? plain : decodeURIComponent(whole)
}
