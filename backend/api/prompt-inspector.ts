import { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import { type Config } from '../config.ts'
import { AppError } from '../errors.ts'
import { Prompter, type PrompterDeps } from '../pipeline/prompter.ts'
import { type PromptTrace } from '../prompt/prompt-input.ts'

const Params = z.object({ conversation_id: z.string().min(1).max(200) })
const Query = z.object({ character: z.string().min(1).max(200).optional() })

export interface InspectorDeps extends PrompterDeps {
  readonly config: Pick<Config, 'user_name' | 'llm_settings'>
}

/**
 * `GET /api/conversations/:id/prompt?character=ID`: what the model would be sent if this character, by default the first
 * of the cast, spoke next: `{ parts, total_tokens, budget_tokens }`.
 */
export function registerPromptInspector(app: FastifyInstance, deps: InspectorDeps): void {
  const prompter = new Prompter(deps)
  app.get('/api/conversations/:conversation_id/prompt', ({ params, query }) => {
    const { conversation_id } = Params.parse(params)
    const asked = Query.safeParse(query)
    if (!asked.success) throw new AppError('invalid', 'Say whose prompt: ?character=ID, once')
    return traceOf(deps, prompter, { conversation_id, character: asked.data.character })
  })
}

async function traceOf(
  { store, config }: InspectorDeps,
  prompter: Prompter,
  asked: { conversation_id: string; character: string | undefined },
): Promise<PromptTrace> {
  const conversation = await store.conversations.get(asked.conversation_id)
  const cast = await store.characters.getMany(conversation.active_characters)
  const speaker = asked.character === undefined ? cast[0] : await store.characters.get(asked.character)
  if (!speaker) throw new AppError('invalid', 'Nobody is in this conversation; add a character to it')
  const { trace } = await prompter.assembled({
    conversationId: asked.conversation_id,
    speaker,
    cast: cast.some(({ id }) => id === speaker.id) ? cast : [...cast, speaker],
    settings: config.llm_settings,
    mode: 'reply',
  })
  return trace
}
