import { describe, expect, it } from 'vitest'
import { doorPlan, mainPort } from '../../../../backend/api/doors/door-plan.ts'
import { Config } from '../../../../backend/config.ts'

const portOf = (settings: object) => mainPort(Config.parse(settings))
const plan = (settings: object, proxies = {}) => doorPlan(Config.parse(settings), proxies)

describe('the plan of the doors', () => {
  it('has those on the main port open, and opens the ports of others only if they are asked for', () => {
    expect(plan({})).toEqual({
      isOpen: { openai: true, realtime: true, ollama: false, lmstudio: false },
      ports: { ollama: 11434, lmstudio: 1234 },
    })
    expect(plan({ ollama_api: true, ollama_port: 11435, openai_api: false })).toMatchObject({
      isOpen: { openai: false, ollama: true },
      ports: { ollama: 11435 },
    })
  })

  it('follows the runners file where the settings say nothing', () => {
    const proxies = { ollama: { enabled: true, port: 12000 }, lmstudio: { enabled: false } }
    expect(plan({}, proxies)).toMatchObject({
      isOpen: { ollama: true, lmstudio: false },
      ports: { ollama: 12000, lmstudio: 1234 },
    })
    expect(plan({ ollama_api: false, lmstudio_api: true, ollama_port: 1 }, proxies)).toMatchObject({
      isOpen: { ollama: false, lmstudio: true },
      ports: { ollama: 1 },
    })
  })

  it('opens nothing else when only some are wanted, whatever else is set', () => {
    expect(plan({ only: 'lmstudio', ollama_api: true, lmstudio_api: false }).isOpen).toEqual({
      openai: false,
      realtime: false,
      ollama: false,
      lmstudio: true,
    })
  })

  it('needs the main port only for what stands on it', () => {
    expect(portOf({})).toEqual({ hasPages: true, hasOwnApi: true, isNeeded: true })
    expect(portOf({ headless: true })).toEqual({ hasPages: false, hasOwnApi: true, isNeeded: true })
    expect(portOf({ only: 'ollama' })).toEqual({ hasPages: false, hasOwnApi: false, isNeeded: false })
    expect(portOf({ only: 'ollama,openai' })).toEqual({ hasPages: false, hasOwnApi: false, isNeeded: true })
  })
})
