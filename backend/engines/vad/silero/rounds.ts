/**
 * Splits a batch into inferences: each takes at most one window of a stream, because the next one needs what
 * the model remembered of it.
 * @param streams the stream of each row.
 * @returns row numbers per inference, the windows of a stream in their order.
 */
export function roundsOf(streams: readonly number[]): readonly (readonly number[])[] {
  const rounds: number[][] = []
  const nextRound = new Map<number, number>()
  for (const [row, stream] of streams.entries()) {
    const round = nextRound.get(stream) ?? 0
    nextRound.set(stream, round + 1)
    const rows = rounds[round]
    if (rows) rows.push(row)
    else rounds.push([row])
  }
  return rounds
}
