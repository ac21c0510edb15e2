/** The header that has a browser save an answer under this name (RFC 6266 with RFC 5987). */
export function contentDisposition(fileName: string): string {
  const ascii = fileName.replaceAll(/[^\u0020-\u007E]|["\\%]/gu, '_')
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/gu,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
