import { type common as original } from '../en/common.ts'
import { type Translated } from '../translated.ts'

export const common: Translated<typeof original> = {
  cancel: 'Abbrechen',
  close: 'Schließen',
  save: 'Speichern',
  delete: 'Löschen',
  undo: 'Rückgängig',
  keep: 'Behalten',
  back: 'Zurück',
  choose: 'Auswählen',
  retry: 'Noch einmal versuchen',
  dismiss: 'Ausblenden',
  stop: 'Anhalten',
  loading: 'Wird geladen',
  failed: 'Das hat nicht geklappt. Versuch es gleich noch einmal.',
  notKept: 'Das ließ sich nicht speichern. Versuch es gleich noch einmal.',
}
