import fastifyStatic from '@fastify/static'
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { basename, dirname } from 'node:path'
import { z } from 'zod'
import { AppError } from '../errors.ts'
import { sameExtension } from '../media/media-kind.ts'
import { type MediaLibrary, type MediaItem } from '../media/media-library.ts'
import { SIZES } from '../media/picture-sizes.ts'
import { withUpload } from './uploads.ts'

const Params = z.object({ name: z.string().regex(/^[0-9a-f]{64}\.[a-z0-9]{2,5}$/) })
const Query = z.object({ size: z.coerce.number().pipe(z.literal(SIZES)).optional() })

/**
 * `POST /api/media` (multipart, one file) → `{ url, hash, mime, bytes, width?, height? }`;
 * `GET /media/<sha256>.<ext>[?size=96|256|512]`, for which no token is needed: the hash is the secret.
 */
export function registerMedia(app: FastifyInstance, media: MediaLibrary): void {
  app.post('/api/media', async (request, reply): Promise<MediaItem> => {
    const item = await withUpload(request, ({ content }) => media.add(content))
    reply.code(201)
    return item
  })
  void app.register(async (scope) => {
    await scope.register(fastifyStatic, {
      root: media.files.folder,
      serve: false,
      contentType: false,
      cacheControl: false,
      etag: false,
      lastModified: false,
    })
    scope.get('/media/:name', (request, reply) => sendMedia(media, request, reply))
  })
}

async function sendMedia(
  media: MediaLibrary,
  { params, query, headers }: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = Query.safeParse(query)
  if (!asked.success) throw new AppError('invalid', `Pictures come in these sizes: ${SIZES.join(', ')}`)
  const named = Params.safeParse(params)
  if (!named.success) throw new AppError('not_found', 'There is no such picture or sound')
  const [hash = '', ext = ''] = named.data.name.split('.')
  const { size } = asked.data
  const { path, mime } = await media.served(hash, (kind) => sameExtension(ext, kind), size)
  const etag = `"${hash}-${size ?? 'whole'}"`
  protect(reply).header('etag', etag)
  if (headers['if-none-match']?.includes(etag)) return reply.code(304).send()
  return reply.type(mime).sendFile(basename(path), dirname(path))
}

/** What people uploaded is shown, and never run: not even when it is opened by itself. */
function protect(reply: FastifyReply): FastifyReply {
  return reply
    .header('cache-control', 'public, max-age=31536000, immutable')
    .header('x-content-type-options', 'nosniff')
    .header('content-security-policy', "default-src 'none'; img-src 'self'; media-src 'self'; sandbox")
    .header('cross-origin-resource-policy', 'same-origin')
}
