import { type ModelSettings } from '#shared/entities.ts'
import { abortable } from '../../lib/abort.ts'
import { type Clock } from '../../lib/clock.ts'
import { Kept } from '../../lib/kept.ts'
import { type ModelProfile, type ReplyRequest, type RoleRules } from '../contracts.ts'
import { ChatClient } from './chat-client.ts'
import { CompletionClient } from './completion-client.ts'
import { rolesOf } from './discovery-local.ts'
import { isOllama } from './discovery-ollama.ts'
import { type LlmError, toLlmError, unanswered } from './llm-error.ts'
import { type ModelInfo, type ModelOverride } from './model-info.ts'
import { mergedInfo, profileOf } from './model-profile.ts'
import { ModelServer, type ServerAddress } from './model-server.ts'
import { OllamaClient, type OllamaOptions } from './ollama-client.ts'
import { Pulls } from './pulls.ts'
import { type OpenReply, type ReplyClient } from './reply-client.ts'
import { firstModel, ServerModels } from './server-models.ts'

export interface ServerLinkOptions extends ServerAddress {
  /** Tells links apart, also those to one address with different keys. */
  readonly id: string
  readonly clock: Clock
  /** What is configured of models, by id. */
  readonly models: readonly ModelOverride[]
  /** Of all models of this server that are not configured one by one. */
  readonly contextTokens?: number | undefined
  readonly ollama: OllamaOptions & { readonly pullsMissing?: boolean | undefined }
}

/** Far more than anybody uses of one server; names are what others send. */
const MAX_INFOS = 1_000

/** Everything that belongs to one server and key: its connections, its clients, what is known of its models. */
export class ServerLink implements AsyncDisposable {
  readonly id: string
  readonly server: ModelServer
  readonly models: ServerModels
  readonly pulls: Pulls
  readonly #options: ServerLinkOptions
  readonly #chat: ChatClient
  readonly #completion: CompletionClient
  readonly #ollama: OllamaClient
  readonly #learnedRoles = new Map<string, RoleRules>()
  /** Every reply wants to know it several times. */
  readonly #infos = new Map<string, Kept<ModelInfo>>()
  #chosen: string | undefined

  constructor(options: ServerLinkOptions) {
    this.#options = options
    this.id = options.id
    this.server = new ModelServer(options)
    this.models = new ServerModels(this.server, options.clock)
    this.pulls = new Pulls(this.server)
    this.#chat = new ChatClient(this.server)
    this.#completion = new CompletionClient(this.server)
    this.#ollama = new OllamaClient(this.server, options.ollama)
  }

  /** The model that answers where none is named; undefined until the server has told. */
  get chosenModel(): string | undefined {
    const { models } = this.models
    const [first] = models
    if (first && !models.some(({ id }) => id === this.#chosen)) this.#chosen = first.id
    return this.#chosen
  }

  info(model: string): ModelInfo {
    const { models } = this
    const facts = [models.known, models.info(model), this.#learnedRoles.get(model), this.#refusesTools(model)]
    if (this.#infos.size >= MAX_INFOS) this.#infos.clear()
    const kept = this.#infos.get(model) ?? new Kept()
    this.#infos.set(model, kept)
    return kept.of(facts, () => this.#merged(model))
  }

  #merged(model: string): ModelInfo {
    const { models, contextTokens, ollama } = this.#options
    // Whoever sets it has Ollama, as long as the server has not told otherwise.
    const isOllamaServer = (this.models.known?.kind ?? 'ollama') === 'ollama'
    return mergedInfo(model, [
      models.find(({ id }) => id === model),
      { contextTokens: contextTokens ?? (isOllamaServer ? ollama.numCtx : undefined) },
      { roles: this.#learnedRoles.get(model) },
      this.#refusesTools(model) ? { canUseTools: false } : undefined,
      this.models.info(model),
    ])
  }

  profile(model: string): ModelProfile {
    return profileOf(model, this.info(model))
  }

  /** @throws LlmError if the server lists none. */
  async modelFor(model: string | undefined, signal: AbortSignal): Promise<string> {
    const id = model ?? this.chosenModel
    if (id !== undefined) return id
    return firstModel(await abortable(this.models.list(), signal), this.server.label)
  }

  /** @throws LlmError; anything if the signal aborts. */
  async open(model: string, request: ReplyRequest, signal: AbortSignal): Promise<OpenReply> {
    const info = this.info(model)
    const settings = { ...info.settings, ...request.settings }
    try {
      const client = await this.#clientFor(info, settings, signal)
      return await client.open({ model, info, request: { ...request, settings } }, signal)
    } catch (error) {
      const mapped = toLlmError(this.server.label, error, this.#options.clock.date())
      throw this.#learnedFrom(model, unanswered(this.server.label, mapped))
    }
  }

  /** After a reply: Ollama has loaded the model now, and tells with how much context. */
  used(): void {
    const isLoadedByReplies = this.models.known?.kind === 'ollama' || this.models.known?.kind === 'lm-studio'
    if (isLoadedByReplies && !this.#isContextAsked) this.models.expire()
    this.#isContextAsked ||= isLoadedByReplies
    this.models.refresh()
  }

  #isContextAsked = false

  /** Fetches what is missing, if that is wanted. @returns whether it is being fetched. */
  fetchIfMissing(model: string): boolean {
    const { known } = this.models
    const isWanted = this.#options.ollama.pullsMissing === true && known?.kind === 'ollama'
    if (!isWanted || this.models.info(model)) return false
    this.pulls.start(model, () => {
      this.models.expire()
      this.models.refresh()
    })
    return true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.models[Symbol.dispose]()
    this.pulls[Symbol.dispose]()
    await this.server[Symbol.asyncDispose]()
  }

  #refusesTools(model: string): boolean {
    return this.#chat.refusesTools(model) || this.#ollama.refusesTools(model)
  }

  async #clientFor(info: ModelInfo, settings: ModelSettings, signal: AbortSignal): Promise<ReplyClient> {
    if (info.template !== undefined) return this.#completion
    const { numCtx, keepAlive } = this.#options.ollama
    const isOwn = numCtx !== undefined || keepAlive !== undefined || settings.reasoning_effort !== undefined
    // Only then it matters, and only until the server is known it costs a short request.
    if (!isOwn) return this.#chat
    const { known } = this.models
    const isIt = known ? known.kind === 'ollama' : await isOllama(this.server, signal)
    return isIt ? this.#ollama : this.#chat
  }

  #learnedFrom(model: string, error: LlmError): LlmError {
    const roles = rolesOf(error.message)
    if (roles !== 'free') this.#learnedRoles.set(model, roles)
    if (error.status !== 404 || !this.fetchIfMissing(model)) return error
    return error.saying(`The ${this.server.label} is ${this.pulls.state(model)}; try again when it is there`)
  }
}
