import { z } from 'zod'
import { ask } from './ask.ts'
import { type SearchProvider } from './contracts.ts'

const Answer = z.object({
  answers: z
    .array(z.union([z.string(), z.object({ answer: z.string() }).transform(({ answer }) => answer)]))
    .catch([]),
  results: z.array(
    z.object({ title: z.string().catch(''), url: z.string(), content: z.string().nullish().catch('') }),
  ),
})

/** @param baseUrl of a SearXNG server, up to where `/search` begins. */
export function createSearxng(baseUrl: string): SearchProvider {
  return {
    label: 'SearXNG',
    async search(query, limit, signal) {
      const url = new URL(`${baseUrl.replace(/\/+$/, '')}/search`)
      url.search = new URLSearchParams({ q: query, format: 'json' }).toString()
      const { answers, results } = await ask({
        label: 'SearXNG',
        url,
        signal,
        init: { headers: { accept: 'application/json' } },
        schema: Answer,
        onRefused: 'its settings have to list json under search.formats',
      })
      return {
        answers,
        results: results
          .slice(0, limit)
          .map(({ title, url: found, content }) => ({ title, url: found, snippet: content ?? '' })),
      }
    },
  }
}
