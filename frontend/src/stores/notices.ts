import { shallowRef, type ShallowRef } from 'vue'
import { type EventData } from '#shared/protocol/events.ts'
import { t } from '../i18n/index.ts'
import { RequestError } from '../socket/request-error.ts'
import { type Notice } from './types.ts'

const MOST_NOTICES = 5

export interface Notices {
  readonly notices: ShallowRef<readonly Notice[]>
  dismiss(id: string): void
  /** Shows a notice; the same words are not shown twice at a time. */
  tell(notice: Omit<Notice, 'id'>): void
  /** Shows what the server said went wrong. */
  tellError(error: EventData<'error'>, retry: () => void): void
  /** Shows why something the user did failed. */
  tellFailure(error: unknown): void
}

export function createNotices(): Notices {
  const notices = shallowRef<readonly Notice[]>([])
  let count = 0

  function tell(notice: Omit<Notice, 'id'>): void {
    count += 1
    const others = notices.value.filter(({ text }) => text !== notice.text)
    notices.value = [...others, { ...notice, id: `notice-${count}` }].slice(-MOST_NOTICES)
  }

  return {
    notices,
    tell,
    dismiss(id) {
      notices.value = notices.value.filter((notice) => notice.id !== id)
    },
    tellError({ code, message, retryable }, retry) {
      const tone = code === 'nothing_heard' ? 'info' : 'error'
      tell({ tone, text: message, code, ...(retryable === true ? { retry } : {}) })
    },
    tellFailure(error) {
      tell({ tone: 'error', text: error instanceof RequestError ? error.message : t('common.didNotWork') })
    },
  }
}
