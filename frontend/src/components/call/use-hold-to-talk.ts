import { onScopeDispose, ref } from 'vue'

/** How far the finger may stray from the button before letting go means taking it back. */
const AWAY_PX = 40

type Verbs = { start: () => void; end: () => void; cancel: () => void }

/** A button that is held, with a pointer or with Space. The pointer stays captured, so letting go elsewhere is noticed too. */
export function useHoldToTalk(verbs: Verbs) {
  const isAway = ref(false)
  let pointerId: number | null = null

  function down(event: PointerEvent): void {
    if (event.button !== 0 || pointerId !== null || !(event.currentTarget instanceof Element)) return
    pointerId = event.pointerId
    event.currentTarget.setPointerCapture(pointerId)
    verbs.start()
  }

  function move(event: PointerEvent): void {
    if (event.pointerId !== pointerId || !(event.currentTarget instanceof Element)) return
    isAway.value = isOutside(event.currentTarget.getBoundingClientRect(), event)
  }

  function release(isTakenBack: boolean): void {
    if (pointerId === null) return
    pointerId = null
    isAway.value = false
    if (isTakenBack) verbs.cancel()
    else verbs.end()
  }

  let isKeyHeld = false

  function keyDown(event: KeyboardEvent): void {
    if (event.repeat || isKeyHeld || pointerId !== null) return
    isKeyHeld = true
    verbs.start()
  }

  /** Also when the button loses the focus: the key's release would not be noticed any more. */
  function keyUp(): void {
    if (!isKeyHeld) return
    isKeyHeld = false
    verbs.end()
  }

  onScopeDispose(() => {
    keyUp()
    release(true)
  })
  return { isAway, down, move, up: () => release(isAway.value), drop: () => release(true), keyDown, keyUp }
}

function isOutside(box: DOMRect, { clientX, clientY }: PointerEvent): boolean {
  const isBesideX = clientX < box.left - AWAY_PX || clientX > box.right + AWAY_PX
  return isBesideX || clientY < box.top - AWAY_PX || clientY > box.bottom + AWAY_PX
}
