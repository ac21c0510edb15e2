import { type Sentence } from './sentences.ts'
import { type SpokenMessage, type SpokenSentence, type Turn } from './turn.ts'

/** What travels from the turn to the voice. */
export type SpeechItem =
  | {
      readonly type: 'sentence'
      readonly turn: Turn
      readonly message: SpokenMessage
      readonly sentence: Sentence
      readonly index: number
    }
  | { readonly type: 'message_end'; readonly turn: Turn; readonly message: SpokenMessage }
  | { readonly type: 'turn_end'; readonly turn: Turn }

/** What travels from the voice to the browser. */
export type AudioItem =
  | {
      readonly type: 'audio'
      readonly turn: Turn
      readonly message: SpokenMessage
      readonly sentenceIndex: number
      readonly chunkIndex: number
      readonly pcm: Int16Array
      /** With the first chunk of a sentence. */
      readonly spoken?: SpokenSentence
    }
  | { readonly type: 'message_end'; readonly turn: Turn; readonly message: SpokenMessage }
  | { readonly type: 'turn_end'; readonly turn: Turn }
