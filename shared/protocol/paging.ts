import { z } from 'zod'

export const Key = z.string().min(1).max(200)
export const Limit = z.number().int().min(1).max(500)
