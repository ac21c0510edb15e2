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
  offline: 'Es gibt keine Verbindung zum Server',
  brokeOff: 'Die Verbindung brach ab, bevor der Server geantwortet hat',
  timeout: 'Der Server hat nicht rechtzeitig geantwortet',
  otherVersion: 'Der Server hat eine andere Fassung: Lade diese Seite neu',
  refused: 'Der Server antwortete mit {status}',
  conversationGone: 'Dieses Gespräch gibt es hier nicht mehr',
  didNotWork: 'Das hat nicht geklappt',
  failed: 'Das hat nicht geklappt. Versuch es gleich noch einmal.',
  notKept: 'Das ließ sich nicht speichern. Versuch es gleich noch einmal.',
}
