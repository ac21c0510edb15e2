import { createPinia } from 'pinia'
import { createApp } from 'vue'
import './styles/base.css'
import App from './App.vue'
import { createStage } from './create-stage.ts'
import { createAppRouter } from './router.ts'
import { takeToken } from './socket/token.ts'
import { stageKey } from './stores/stage.ts'

takeToken()
createApp(App).provide(stageKey, createStage()).use(createPinia()).use(createAppRouter()).mount('#app')
