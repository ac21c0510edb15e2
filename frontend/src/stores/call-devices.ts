import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { listDevices, onDevicesChanged, type Device, type Devices } from '../audio/devices.ts'

/** Something was plugged in or out. */
export interface HotPlug {
  readonly kind: 'input' | 'output'
  readonly device: Device
  readonly isHere: boolean
  /** Whether it was the one in use. */
  readonly wasChosen: boolean
}

/** The devices of this computer; the chosen ones are remembered in this browser by their labels. */
export class CallDevices {
  readonly inputs: ShallowRef<readonly Device[]> = shallowRef([])
  readonly outputs: ShallowRef<readonly Device[]> = shallowRef([])
  readonly inputId: Ref<string> = ref('default')
  readonly outputId: Ref<string> = ref('default')

  /** @param onHotPlug is told what came and what went. */
  constructor(onHotPlug: (news: HotPlug) => void) {
    onDevicesChanged(() => void this.#notice(onHotPlug))
  }

  /** Ids change between visits and labels appear with the first permission, so this is asked again and again. */
  async refresh(): Promise<void> {
    this.#take(await listDevices())
  }

  chooseInput(id: string): void {
    this.inputId.value = id
    remember('input', this.inputs.value, id)
  }

  chooseOutput(id: string): void {
    this.outputId.value = id
    remember('output', this.outputs.value, id)
  }

  #take({ inputs, outputs }: Devices): void {
    this.inputs.value = inputs
    this.outputs.value = outputs
    this.inputId.value = stillThere(inputs, this.inputId.value, 'input')
    this.outputId.value = stillThere(outputs, this.outputId.value, 'output')
  }

  async #notice(onHotPlug: (news: HotPlug) => void): Promise<void> {
    const before = { input: this.inputs.value, output: this.outputs.value }
    const chosen = { input: this.inputId.value, output: this.outputId.value }
    this.#take(await listDevices())
    const after = { input: this.inputs.value, output: this.outputs.value }
    for (const kind of ['input', 'output'] as const) {
      for (const device of missingFrom(before[kind], after[kind])) {
        onHotPlug({ kind, device, isHere: true, wasChosen: false })
      }
      for (const device of missingFrom(after[kind], before[kind])) {
        onHotPlug({ kind, device, isHere: false, wasChosen: device.id === chosen[kind] })
      }
    }
  }
}

type Kind = 'input' | 'output'

/** Before the first permission the devices of a list have no names: nothing can be told of them. */
function missingFrom(known: readonly Device[], devices: readonly Device[]): readonly Device[] {
  if (known.length === 0) return []
  return devices.filter(({ id }) => id !== 'default' && !known.some((other) => other.id === id))
}

function remember(kind: Kind, devices: readonly Device[], id: string): void {
  localStorage.setItem(`troupe-${kind}`, devices.find((device) => device.id === id)?.label ?? '')
}

/** The chosen device, else the one remembered by its label, else the system's. */
function stillThere(devices: readonly Device[], id: string, kind: Kind): string {
  if (id !== 'default' && devices.some((device) => device.id === id)) return id
  const label = localStorage.getItem(`troupe-${kind}`)
  return devices.find((device) => device.label === label)?.id ?? 'default'
}
