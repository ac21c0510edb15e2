import { z } from 'zod'
import { ask } from './ask.ts'
import { type SearchProvider } from './contracts.ts'

const ADDRESS = 'https://api.tavily.com/search'

const Answer = z.object({
  answer: z.string().nullish().catch(undefined),
  results: z.array(z.object({ title: z.string().catch(''), url: z.string(), content: z.string().catch('') })),
})

export function createTavily(apiKey: string, address = ADDRESS): SearchProvider {
  return {
    label: 'Tavily',
    async search(query, limit, signal) {
      const { answer, results } = await ask({
        label: 'Tavily',
        url: new URL(address),
        signal,
        init: {
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization: `Bearer ${apiKey}` },
          body: JSON.stringify({ query, max_results: limit, search_depth: 'basic' }),
        },
        schema: Answer,
        onRefused: 'tavily_api_key has to be a valid key',
      })
      return {
        answers: answer ? [answer] : [],
        results: results.slice(0, limit).map(({ title, url, content }) => ({ title, url, snippet: content })),
      }
    },
  }
}
