/** In which sizes the server has pictures, in pixels of their longer side. */
export type PictureSize = 96 | 256 | 512

/** The address of a picture in a size; of pictures kept elsewhere, as it is. */
export function pictureUrl(url: string, size: PictureSize): string {
  return url.startsWith('/media/') ? `${url}?size=${size}` : url
}
