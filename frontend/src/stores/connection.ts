import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { type EngineStatuses, type ModelSettings } from '#shared/entities.ts'
import { type ConnectionStatus } from './types.ts'

/** The line to the server: whether it stands, and what stands behind it. */
export const useConnection = defineStore('connection', () => {
  const status = ref<ConnectionStatus>('connecting')
  /** How many times reconnecting has been tried since the line broke. */
  const attempt = ref(0)
  const engines = shallowRef<EngineStatuses | null>(null)
  const sessionId = ref<string | null>(null)
  const modelSettings = shallowRef<ModelSettings>({})

  async function setModelSettings(settings: ModelSettings): Promise<void> {
    modelSettings.value = settings
  }

  return {
    status,
    attempt,
    engines,
    sessionId,
    modelSettings,
    connect: (_token?: string): void => {},
    setModelSettings,
  }
})
