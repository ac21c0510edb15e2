import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './styles/base.css'
import App from './App.vue'
import { createStage } from './create-stage.ts'
import { i18n, preferredLanguage, speak } from './i18n/index.ts'
import { watchInstallOffer } from './pwa/install.ts'
import { createAppRouter } from './router.ts'
import { takeToken } from './socket/token.ts'
import { stageKey } from './stores/stage.ts'

takeToken()
watchInstallOffer()
// In English, should the words of another language not come.
await speak(preferredLanguage()).catch(() => {})
const app = createApp(App).provide(stageKey, createStage())
app.use(createPinia()).use(i18n).use(createAppRouter()).mount('#app')
