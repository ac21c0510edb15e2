import { type RequestParams, type RequestResult, type RequestType } from '#shared/protocol/requests.ts'
import { type Store } from '../store/contract.ts'
import { type ExpandGreetings } from './greetings.ts'

/** What handlers need besides the store. */
export interface HandlerMeans {
  readonly expandGreetings: ExpandGreetings
}

/** Answers one kind of request, whose parameters were validated. Throws AppError. */
type Handler<T extends RequestType> = (
  store: Store,
  params: RequestParams<T>,
  means: HandlerMeans,
) => Promise<RequestResult<T>>

/** A handler for every request; a missing one does not compile. */
export type HandlerTable = { readonly [T in RequestType]: Handler<T> }

/** The handlers of the resources named, e.g. `HandlersFor<'voice' | 'voices'>`. */
export type HandlersFor<Noun extends string> = Pick<HandlerTable, Extract<RequestType, `${string}_${Noun}`>>
