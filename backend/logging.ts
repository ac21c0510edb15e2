import { pino, type Logger } from 'pino'

export type { Logger }

/**
 * Structured logs, one JSON object a line. What people say, and what is said to them, goes into no log: messages are
 * fixed sentences, and only ids, codes and counts are logged beside them.
 */
export function createLogger(level: string): Logger {
  return pino({
    level,
    base: null,
    redact: ['req.headers.authorization', 'req.headers.cookie', 'token', '*.apiKey'],
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        path: pathOf(request.url),
      }),
    },
  })
}

/** Queries may carry the token or a search text. */
function pathOf(url: string): string {
  return url.split('?')[0] ?? url
}
