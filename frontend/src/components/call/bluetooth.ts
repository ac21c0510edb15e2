/** Words by which browsers and systems name such devices; none of them tells the profile itself. */
const BLUETOOTH = /bluetooth|hands-?free|airpods|\bbuds\b|\bHFP\b/i

/**
 * Whether it seems to be a Bluetooth microphone: as long as one is open, most headsets play everything like a telephone.
 */
export function isBluetooth(label: string): boolean {
  return BLUETOOTH.test(label)
}
