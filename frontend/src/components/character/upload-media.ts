import { z } from 'zod'
import { fetchApi } from '../../socket/api.ts'

const KeptFile = z.object({ url: z.string(), mime: z.string() })

/** Hands a file to the server, which keeps it. @throws RequestError */
export async function uploadMedia(file: File): Promise<z.infer<typeof KeptFile>> {
  const form = new FormData()
  form.append('file', file, file.name)
  const response = await fetchApi({ method: 'POST', path: '/api/media', form })
  return KeptFile.parse(await response.json())
}
