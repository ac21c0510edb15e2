import { z } from 'zod'
import { ask } from './ask.ts'
import { type SearchProvider } from './contracts.ts'

const ADDRESS = 'https://api.search.brave.com/res/v1/web/search'

const Answer = z.object({
  web: z
    .object({
      results: z
        .array(z.object({ title: z.string().catch(''), url: z.string(), description: z.string().catch('') }))
        .default([]),
    })
    // Absent where nothing was found.
    .default({ results: [] }),
})

export function createBrave(apiKey: string, address = ADDRESS): SearchProvider {
  return {
    label: 'Brave Search',
    async search(query, limit, signal) {
      const url = new URL(address)
      url.search = new URLSearchParams({
        q: query,
        count: String(limit),
        text_decorations: 'false',
      }).toString()
      const { web } = await ask({
        label: 'Brave Search',
        url,
        signal,
        init: { headers: { accept: 'application/json', 'x-subscription-token': apiKey } },
        schema: Answer,
        onRefused: 'brave_api_key has to be a valid key',
      })
      return {
        answers: [],
        results: web.results
          .slice(0, limit)
          .map(({ title, url: found, description }) => ({ title, url: found, snippet: description })),
      }
    },
  }
}
