import { t } from '../i18n/index.ts'

/** An audio device of this computer. */
export interface Device {
  readonly id: string
  readonly label: string
}

export interface Devices {
  readonly inputs: readonly Device[]
  readonly outputs: readonly Device[]
}

/** What is plugged in. Browsers name devices only once the microphone was allowed. */
export async function listDevices(): Promise<Devices> {
  const found = (await navigator.mediaDevices?.enumerateDevices()) ?? []
  const ofKind = (kind: MediaDeviceKind, noun: string): Device[] =>
    found
      .filter((device) => device.kind === kind && device.deviceId !== '')
      .map(({ deviceId, label }, index) => ({ id: deviceId, label: label || `${noun} ${index + 1}` }))
  return {
    inputs: ofKind('audioinput', t('call.devices.microphone')),
    outputs: ofKind('audiooutput', t('call.devices.speaker')),
  }
}

/** @returns a function that stops listening. */
export function onDevicesChanged(listener: () => void): () => void {
  const listening = new AbortController()
  navigator.mediaDevices?.addEventListener('devicechange', listener, { signal: listening.signal })
  return () => listening.abort()
}
