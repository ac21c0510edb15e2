import { createRouter, createWebHistory, type Router, type RouteRecordRaw } from 'vue-router'

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: () => import('./views/ConversationView.vue') },
  {
    path: '/c/:conversationId',
    name: 'conversation',
    component: () => import('./views/ConversationView.vue'),
    props: true,
  },
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
  { path: '/settings', name: 'settings', component: () => import('./views/SettingsView.vue') },
  { path: '/:rest(.*)*', redirect: '/' },
]

/** Reads the address, so whatever must not stay in it is to be taken out before. */
export function createAppRouter(): Router {
  return createRouter({ history: createWebHistory(), routes })
}
