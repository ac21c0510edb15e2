import { type RouteRecordRaw } from 'vue-router'

/** Pages for those who work on Troupe; none of it is in what is built for others. */
export const devRoutes: RouteRecordRaw[] = import.meta.env.DEV
  ? [{ path: '/dev/parts', name: 'parts', component: () => import('./PartsView.vue') }]
  : []
