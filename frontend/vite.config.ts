import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { appShell } from './build/app-shell.ts'
import { licences } from './build/licences.ts'

const server = 'http://127.0.0.1:8000'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [vue(), licences(), appShell()],
  build: { outDir: 'dist', emptyOutDir: true, target: 'es2022' },
  worker: { format: 'es' },
  server: {
    proxy: {
      '/ws': { target: server, ws: true },
      '/api': server,
      '/media': server,
      '/health': server,
      '/v1': server,
    },
  },
})
