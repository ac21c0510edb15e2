import { type Scene } from '../../contracts.ts'
import { type Circumstances, cueOf } from './cue.ts'
import { recalls, reckons, tellsTime } from './answers.ts'
import * as respond from './responders.ts'

/** In order of how sure each can be; the last always answers. */
const RESPONDERS: readonly respond.Responder[] = [
  respond.goesOn,
  respond.greets,
  respond.mishears,
  respond.presents,
  recalls,
  reckons,
  tellsTime,
  respond.handsOver,
  respond.learns,
  respond.respondsToIntent,
  respond.hasOpinion,
  respond.wonders,
  respond.reflects,
  respond.asksOn,
]

/** What the speaker of the scene says next: the same for the same scene and circumstances. */
export function composeReply(scene: Scene, circumstances: Circumstances): string {
  const cue = cueOf(scene, circumstances)
  for (const responder of RESPONDERS) {
    const reply = responder(cue)
    if (reply !== undefined && reply !== '') return reply
  }
  return 'Go on, I am listening.'
}
