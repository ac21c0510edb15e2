import { backstage } from './de/backstage.ts'
import { call } from './de/call.ts'
import { chat } from './de/chat.ts'
import { common } from './de/common.ts'
import { conversations } from './de/conversations.ts'
import { library } from './de/library.ts'
import { models } from './de/models.ts'
import { settings } from './de/settings.ts'
import { shell } from './de/shell.ts'
import { voices } from './de/voices.ts'

export const de = {
  backstage,
  call,
  chat,
  common,
  conversations,
  library,
  models,
  settings,
  shell,
  voices,
}
