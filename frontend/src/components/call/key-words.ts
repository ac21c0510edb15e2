import { t } from '../../i18n/index.ts'

/** A key as people call it: `KeyV` is V. @param code as in `KeyboardEvent.code` */
export function keyWords(code: string): string {
  if (code === 'Space') return t('call.space')
  return code
    .replace(/^(Key|Digit|Numpad)(?=.)/, '')
    .replace(/^(Arrow)?(Left|Right|Up|Down)$/, '$2')
    .replaceAll(/(?<=[a-z])(?=[A-Z0-9])/g, ' ')
}
