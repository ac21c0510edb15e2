import { readonly, ref, type DeepReadonly, type Ref } from 'vue'

/** What is said to those who listen to the screen: `polite` waits for a pause, `assertive` does not. */
export type Urgency = 'polite' | 'assertive'

const said: Record<Urgency, Ref<string>> = { polite: ref(''), assertive: ref('') }

/** Has a screen reader say this, once. */
export function announce(words: string, urgency: Urgency = 'polite'): void {
  const before = said[urgency].value
  // The same words again are only noticed if the text is another one.
  said[urgency].value = before === words ? `${words}\u00A0` : words
}

export function useAnnouncements(): Record<Urgency, DeepReadonly<Ref<string>>> {
  return { polite: readonly(said.polite), assertive: readonly(said.assertive) }
}
