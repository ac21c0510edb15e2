/** What several screens say. */
export const common = {
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',
  delete: 'Delete',
  undo: 'Undo',
  keep: 'Keep',
  back: 'Back',
  choose: 'Choose',
  retry: 'Try again',
  dismiss: 'Dismiss',
  stop: 'Stop',
  loading: 'Loading',
  failed: 'That did not work. Try again in a moment.',
  notKept: 'That could not be kept. Try again in a moment.',
} as const
