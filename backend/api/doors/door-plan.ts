import { type DoorName } from '#shared/protocol/doors.ts'
import { type Config } from '../../config.ts'

/** Which doors are to be open, and where. */

/** Doors with a port of their own, because programs look for them there. */
export type PortDoorName = Extract<DoorName, 'ollama' | 'lmstudio'>

/** The doors as a runners file may know them. */
export type Proxies = Readonly<
  Partial<
    Record<PortDoorName, { readonly enabled?: boolean | undefined; readonly port?: number | undefined }>
  >
>

export interface DoorPlan {
  readonly isOpen: Readonly<Record<DoorName, boolean>>
  readonly ports: Readonly<Record<PortDoorName, number>>
}

/** Settings win over what the runners file says; `only` wins over everything. */
export function doorPlan(config: Config, proxies: Proxies = {}): DoorPlan {
  const { only, openai_api, realtime_api, ollama_api, lmstudio_api, ollama_port, lmstudio_port } = config
  const isOpen = (name: DoorName, isWanted: boolean): boolean =>
    only.length === 0 ? isWanted : only.includes(name)
  const { ollama, lmstudio } = proxies
  return {
    isOpen: {
      openai: isOpen('openai', openai_api),
      realtime: isOpen('realtime', realtime_api),
      ollama: isOpen('ollama', ollama_api ?? ollama?.enabled ?? false),
      lmstudio: isOpen('lmstudio', lmstudio_api ?? lmstudio?.enabled ?? false),
    },
    ports: {
      ollama: ollama_port ?? ollama?.port ?? 11_434,
      lmstudio: lmstudio_port ?? lmstudio?.port ?? 1234,
    },
  }
}

/** What stands on the main port. */
export interface MainPort {
  readonly hasPages: boolean
  /** Troupe's own sockets and REST routes. */
  readonly hasOwnApi: boolean
  /** Whether there is anything on it at all. */
  readonly isNeeded: boolean
}

export function mainPort({ headless, only }: Pick<Config, 'headless' | 'only'>): MainPort {
  const hasOwnApi = only.length === 0
  const isNeeded = hasOwnApi || only.includes('openai') || only.includes('realtime')
  return { hasPages: hasOwnApi && !headless, hasOwnApi, isNeeded }
}
