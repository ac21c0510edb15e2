import { computed } from 'vue'
import { t } from '../../i18n/index.ts'

/** What every card says, looked up once for all of them: there are many, and each key that is typed changes all. */
export const cardWords = computed(() => ({
  never: t('library.card.never'),
  lastUsed: t('library.card.lastUsed'),
  lore: t('library.card.lore'),
  tokens: t('library.card.tokens'),
  favourite: t('library.favourite'),
}))
