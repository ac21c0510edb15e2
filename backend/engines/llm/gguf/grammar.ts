import { AppError } from '../../../errors.ts'
import { type ResponseFormat } from './chat-request.ts'
import { type Llama, type LlamaGrammar } from './llama-types.ts'

/**
 * What keeps a reply in the form that was asked for.
 * @throws AppError `invalid` if the schema asks for what cannot be kept to.
 */
export async function grammarOf(
  llama: Llama,
  format: ResponseFormat | null | undefined,
): Promise<LlamaGrammar | undefined> {
  if (!format || format.type === 'text') return undefined
  const schema = format.type === 'json_schema' ? format.json_schema.schema : format.schema
  if (!schema) return llama.getGrammarFor('json')
  try {
    return await llama.createGrammarForJsonSchema(schema)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('invalid', `The model cannot keep to this schema: ${reason}`, { cause: error })
  }
}
