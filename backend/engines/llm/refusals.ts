import { APIError } from 'openai'

type Body = Readonly<Record<string, unknown>>

/** More than one setting may be refused, each with a request of its own. */
const MAX_REFUSALS = 6
/** Without these it would be another question: a program that wants JSON has no use for prose. */
const NEEDED = new Set(['model', 'messages', 'prompt', 'stream', 'response_format', 'format'])
const REFUSAL =
  /unsupported|unrecogni[sz]ed|unknown|unexpected|not (?:be )?(?:supported|permitted|allowed|available)|(?:does not|doesn't) support|extra (?:inputs|fields)/iu

/**
 * What servers have refused, by model, so that it is not sent again: no two take the same settings, and a reply
 * with one setting less is better than none.
 */
export class Refusals {
  readonly #refused = new Map<string, Set<string>>()

  /**
   * Makes a request, and makes it again without what the model refuses.
   * @throws what `ask` throws, if nothing of it can be left out.
   */
  async avoid<Answer>(
    model: string,
    body: Body,
    ask: (fitted: Record<string, unknown>) => Promise<Answer>,
  ): Promise<Answer> {
    for (let refusals = 0; ; refusals += 1) {
      const fitted = this.#fit(model, body)
      try {
        return await ask(fitted)
      } catch (error) {
        if (refusals >= MAX_REFUSALS || !this.#learn(model, fitted, error)) throw error
      }
    }
  }

  has(model: string, field: string): boolean {
    return this.#refused.get(model)?.has(field) ?? false
  }

  /** The body without what the model has refused. */
  #fit(model: string, body: Body): Record<string, unknown> {
    const refused = this.#refused.get(model)
    if (!refused) return { ...body }
    const fitted = Object.entries(body).filter(([field]) => !refused.has(field))
    const isRenamed = refused.has('max_tokens') && body['max_tokens'] !== undefined
    return Object.fromEntries(isRenamed ? [...fitted, ['max_completion_tokens', body['max_tokens']]] : fitted)
  }

  /** @returns whether the error named something that can be left out, so that asking again makes sense. */
  #learn(model: string, sent: Body, error: unknown): boolean {
    const field = refusedField(sent, error)
    if (field === undefined) return false
    const refused = this.#refused.get(model) ?? new Set()
    this.#refused.set(model, refused.add(field))
    return true
  }
}

function refusedField(sent: Body, error: unknown): string | undefined {
  if (!(error instanceof APIError) || (error.status !== 400 && error.status !== 422)) return undefined
  const words = `${error.message} ${JSON.stringify(error.error ?? '')}`
  const fields = Object.keys(sent).filter((field) => sent[field] !== undefined && !NEEDED.has(field))
  if (fields.includes('stream_options') && /stream_options|include_usage/u.test(words))
    return 'stream_options'
  if (!REFUSAL.test(words)) return undefined
  if (fields.includes('think') && /support thinking/u.test(words)) return 'think'
  const named = fields.find((field) => field === error.param)
  return named ?? fields.find((field) => new RegExp(String.raw`\b${field}\b`, 'u').test(words))
}
