import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { type ModelSettings } from '#shared/entities.ts'
import { keepToken } from '../socket/token.ts'
import { EngineWatch } from './engine-watch.ts'
import { useStage } from './stage.ts'

/** The line to the server: whether it stands, and what stands behind it. */
export const useConnection = defineStore('connection', () => {
  const { client, clock } = useStage()
  const wire = shallowRef(client.status)
  const engines = new EngineWatch(clock)
  const sessionId = ref<string | null>(null)
  const modelSettings = shallowRef<ModelSettings>({})

  client.onStatus((status) => {
    wire.value = status
    if (status.name !== 'open') engines.stop()
  })
  client.on('ready', ({ data }) => {
    sessionId.value = data.session_id
    modelSettings.value = data.model_settings
    engines.note(data.engines)
  })
  client.on('model_settings_updated', ({ data }) => {
    modelSettings.value = data
  })

  return {
    status: computed(() => wire.value.name),
    /** How many times reconnecting has been tried since the line broke. */
    attempt: computed(() => wire.value.attempt),
    engines: engines.statuses,
    sessionId,
    modelSettings,
    /** @param token if the server asks for one; it is kept for this tab. */
    connect(token?: string): void {
      if (token !== undefined) keepToken(token)
      client.connect()
    },
    async setModelSettings(settings: ModelSettings): Promise<void> {
      await client.ask('model_settings', settings)
    },
  }
})
