import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { listDevices, onDevicesChanged, type Device } from '../audio/devices.ts'

/** The devices of this computer; the chosen ones are remembered in this browser by their labels. */
export class CallDevices {
  readonly inputs: ShallowRef<readonly Device[]> = shallowRef([])
  readonly outputs: ShallowRef<readonly Device[]> = shallowRef([])
  readonly inputId: Ref<string> = ref('default')
  readonly outputId: Ref<string> = ref('default')

  constructor() {
    onDevicesChanged(() => void this.refresh())
  }

  /** Ids change between visits and labels appear with the first permission, so this is asked again and again. */
  async refresh(): Promise<void> {
    const { inputs, outputs } = await listDevices()
    this.inputs.value = inputs
    this.outputs.value = outputs
    this.inputId.value = stillThere(inputs, this.inputId.value, 'input')
    this.outputId.value = stillThere(outputs, this.outputId.value, 'output')
  }

  chooseInput(id: string): void {
    this.inputId.value = id
    remember('input', this.inputs.value, id)
  }

  chooseOutput(id: string): void {
    this.outputId.value = id
    remember('output', this.outputs.value, id)
  }
}

type Kind = 'input' | 'output'

function remember(kind: Kind, devices: readonly Device[], id: string): void {
  localStorage.setItem(`troupe-${kind}`, devices.find((device) => device.id === id)?.label ?? '')
}

/** The chosen device, else the one remembered by its label, else the system's. */
function stillThere(devices: readonly Device[], id: string, kind: Kind): string {
  if (id !== 'default' && devices.some((device) => device.id === id)) return id
  const label = localStorage.getItem(`troupe-${kind}`)
  return devices.find((device) => device.label === label)?.id ?? 'default'
}
