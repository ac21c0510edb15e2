import { z } from 'zod'
import { type Part } from '../core/contract.ts'
import { BadRequest } from './errors.ts'

const Text = z.string().max(2_000_000)
/** A film is not a picture. */
const Address = z.string().max(30_000_000)

/** Parts of a message in both dialects: chat completions and responses. */
export const ContentPart = z.union([
  z.object({ type: z.enum(['text', 'input_text', 'output_text']), text: Text }),
  z.object({ type: z.literal('refusal'), refusal: Text }),
  z.object({ type: z.literal('image_url'), image_url: z.union([z.object({ url: Address }), Address]) }),
  z.object({ type: z.literal('input_image'), image_url: Address.nullish() }),
  z.object({ type: z.enum(['input_audio', 'file', 'input_file']) }),
])
export const Content = z.union([Text, z.array(ContentPart).max(2_000)], {
  error: 'expected a text or an array of parts',
})

/** @throws BadRequest for parts that no model here can be shown. */
export function partsOf(content: z.infer<typeof Content> | null | undefined): Part[] {
  if (content === null || content === undefined || content === '') return []
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return content.map((part): Part => {
    switch (part.type) {
      case 'refusal':
        return { type: 'text', text: part.refusal }
      case 'image_url':
        return {
          type: 'image',
          url: imageAddress(typeof part.image_url === 'string' ? part.image_url : part.image_url.url),
        }
      case 'input_image':
        return { type: 'image', url: imageAddress(part.image_url ?? '') }
      case 'input_audio':
        throw new BadRequest(
          'Sound in messages is not taken: have it transcribed first (POST /v1/audio/transcriptions)',
          { param: 'messages', code: 'unsupported_content' },
        )
      case 'file':
      case 'input_file':
        throw new BadRequest('Files in messages are not taken: put their text into the message', {
          param: 'messages',
          code: 'unsupported_content',
        })
      default:
        return { type: 'text', text: part.text }
    }
  })
}

function imageAddress(url: string): string {
  if (/^(?:data:image\/|https?:\/\/)/iu.test(url)) return url
  throw new BadRequest('An image needs a "data:image/…" or http address', {
    param: 'messages',
    code: 'invalid_image_url',
  })
}
