import { type common as original } from '../en/common.ts'
import { type Translated } from '../translated.ts'

export const common: Translated<typeof original> = {
  cancel: 'Abbrechen',
  close: 'Schließen',
  save: 'Speichern',
  delete: 'Löschen',
  undo: 'Rückgängig',
}
