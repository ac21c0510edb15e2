import { AppError } from '../../errors.ts'
import { type Talkable } from '../core/contract.ts'
import { isForeignModel } from './foreign-names.ts'
import { type SessionConfig } from './session-config.ts'
import { type SessionPatch } from './session-schema.ts'

export interface Update {
  readonly before: SessionConfig
  readonly next: SessionConfig
  readonly talkable: Talkable
  /** Whether anything has been said aloud. */
  readonly hasSpoken: boolean
}

/** @throws AppError `invalid` if something would change that cannot. */
export function checkUpdate(patch: SessionPatch, { before, next, talkable, hasSpoken }: Update): void {
  const names = [talkable.id, ...talkable.aliases].map((name) => name.toLowerCase())
  const wished = patch.model?.toLowerCase()
  if (wished !== undefined && !names.includes(wished) && !isForeignModel(wished)) {
    throw new AppError(
      'invalid',
      `This session talks with "${talkable.id}"; open another one for "${patch.model}"`,
    )
  }
  if (hasSpoken && next.audio.output.voice !== before.audio.output.voice) {
    throw new AppError('invalid', "Cannot update a conversation's voice if assistant audio is present")
  }
}

/** Whether what is being heard has to be heard anew. */
export function listensOtherwise(before: SessionConfig, after: SessionConfig): boolean {
  return listening(before) !== listening(after)
}

function listening({ audio: { input } }: SessionConfig): string {
  return JSON.stringify([input.format, input.turn_detection])
}
