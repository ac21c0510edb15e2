/** Where this browser keeps the switch for the microphone, as a key of words; null where nobody knows. */
export function permissionSteps(userAgent: string): string | null {
  if (!isSecureContext) return null
  if (userAgent.includes('Firefox/')) return 'call.blocked.firefox'
  if (userAgent.includes('Chrome/')) return 'call.blocked.chrome'
  return userAgent.includes('Safari/') ? 'call.blocked.safari' : null
}
