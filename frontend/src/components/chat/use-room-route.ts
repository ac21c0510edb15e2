import { watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useConnection } from '../../stores/connection.ts'
import { useRoom } from '../../stores/room.ts'

/** Keeps the address and the open conversation in step: the address opens, and may name a line; the first message names. */
export function useRoomRoute(conversationId: () => string | undefined): void {
  const room = useRoom()
  const connection = useConnection()
  const router = useRouter()
  const route = useRoute()
  let opening: Promise<void> = Promise.resolve()

  watch(
    [conversationId, () => connection.status],
    ([id, status]) => {
      if (id && status === 'open' && id !== room.conversationId) opening = room.open(id)
    },
    { immediate: true },
  )
  watch(
    [() => route.query['m'], conversationId, () => connection.status],
    async ([line, id, status]) => {
      if (typeof line !== 'string' || id === undefined || status !== 'open') return
      await opening
      if (room.conversationId === id && route.query['m'] === line) await room.jumpTo(line)
    },
    { immediate: true },
  )
  watch(
    () => (room.isFresh ? null : room.conversationId),
    (id, before) => {
      if (id && !before && conversationId() === undefined) void router.replace(`/c/${id}`)
    },
  )
}
