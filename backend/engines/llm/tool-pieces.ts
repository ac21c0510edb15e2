import { type ToolCallRequest } from '../contracts.ts'
import { type ToolPiece } from './reply-chunk.ts'

interface Call {
  readonly index: number | undefined
  id: string
  name: string
  argumentsJson: string
}

/** Puts tool calls together from the pieces they come in. */
export class ToolPieces {
  readonly #calls: Call[] = []

  push(piece: ToolPiece): void {
    const call = this.#callOf(piece)
    call.id ||= piece.id
    call.name ||= piece.name
    call.argumentsJson += piece.argumentsJson
  }

  /** The calls, whole. @param random 0 … 1, for the ids of servers that give none. */
  calls(random: () => number): ToolCallRequest[] {
    return this.#calls
      .filter(({ name }) => name !== '')
      .map(({ id, name, argumentsJson }) => ({
        id: id || `call_${random().toString(36).slice(2, 10).padEnd(8, '0')}`,
        name,
        argumentsJson: argumentsJson.trim() === '' ? '{}' : argumentsJson,
      }))
  }

  /** Not every server counts its calls, and some give each of them the number 0: then the id tells them apart. */
  #callOf(piece: ToolPiece): Call {
    const known = this.#calls.findLast(({ index }) => piece.index === undefined || index === piece.index)
    if (known && (piece.id === '' || known.id === '' || piece.id === known.id)) return known
    const call = { index: piece.index, id: '', name: '', argumentsJson: '' }
    this.#calls.push(call)
    return call
  }
}
