import { type shell as original } from '../en/shell.ts'
import { type Translated } from '../translated.ts'

export const shell: Translated<typeof original> = {}
