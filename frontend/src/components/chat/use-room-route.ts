import { watch } from 'vue'
import { useRouter } from 'vue-router'
import { useConnection } from '../../stores/connection.ts'
import { useRoom } from '../../stores/room.ts'

/** Keeps the address and the open conversation in step: the address opens, the first message names. */
export function useRoomRoute(conversationId: () => string | undefined): void {
  const room = useRoom()
  const connection = useConnection()
  const router = useRouter()

  watch(
    [conversationId, () => connection.status],
    ([id, status]) => {
      if (id && status === 'open' && id !== room.conversationId) void room.open(id)
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
