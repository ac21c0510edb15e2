import { nextTick } from 'vue'
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteRecordRaw,
  type Router,
} from 'vue-router'
import { devRoutes } from './dev/routes.ts'

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./views/ConversationView.vue') },
  {
    path: '/c/:conversationId',
    name: 'conversation',
    component: () => import('./views/ConversationView.vue'),
    props: true,
  },
  { path: '/conversations', name: 'conversations', component: () => import('./views/ConversationsView.vue') },
  { path: '/characters', name: 'characters', component: () => import('./views/CharactersView.vue') },
  {
    path: '/characters/:id/:tab?',
    name: 'character',
    component: () => import('./views/CharacterView.vue'),
    props: true,
  },
  {
    path: '/voices/:voiceId?',
    name: 'voices',
    component: () => import('./views/VoicesView.vue'),
    props: true,
  },
  { path: '/models', name: 'models', component: () => import('./views/ModelsView.vue') },
  {
    path: '/models/file',
    name: 'runners-file',
    component: () => import('./views/ModelsView.vue'),
    props: { isFile: true },
  },
  {
    path: '/models/runner/:runnerId/:tab?',
    name: 'runner',
    component: () => import('./views/ModelsView.vue'),
    props: true,
  },
  {
    path: '/settings/:section?',
    name: 'settings',
    component: () => import('./views/SettingsView.vue'),
    props: true,
  },
  ...devRoutes,
  { path: '/:rest(.*)*', redirect: '/' },
]

/** Reads the address, so whatever must not stay in it is to be taken out before. */
export function createAppRouter(): Router {
  const router = createRouter({ history: createWebHistory(), routes })
  router.afterEach(async (to, from) => {
    if (!isAnotherPage(to, from)) return
    await nextTick()
    focusPage()
  })
  return router
}

/** The page itself takes the focus: who listens hears where they are, and Tab goes on from its top. */
function focusPage(): void {
  if (document.querySelector('[role="dialog"][data-state="open"]')) return
  document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true })
}

/** A conversation that gets its name, or another one of the list, is no reason to move the focus. */
function isAnotherPage(to: RouteLocationNormalized, from: RouteLocationNormalized): boolean {
  const isFirst = from.matched.length === 0
  return !isFirst && pageOf(to) !== pageOf(from)
}

function pageOf({ name }: RouteLocationNormalized): string {
  return name === 'home' ? 'conversation' : String(name)
}
