import { backstage } from './en/backstage.ts'
import { call } from './en/call.ts'
import { chat } from './en/chat.ts'
import { common } from './en/common.ts'
import { conversations } from './en/conversations.ts'
import { library } from './en/library.ts'
import { models } from './en/models.ts'
import { settings } from './en/settings.ts'
import { shell } from './en/shell.ts'
import { voices } from './en/voices.ts'

export const en = {
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
