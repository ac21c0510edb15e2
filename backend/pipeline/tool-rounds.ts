import { type ToolUse } from '#shared/entities.ts'
import { type ReplyEvent, type ReplyRequest, type ToolCallRequest } from '../engines/contracts.ts'
import { filler } from '../tools/filler.ts'
import { type ToolBox, type ToolBoxContext } from '../tools/tool-box.ts'
import { toolExchange } from '../tools/tool-exchange.ts'

/** A model that goes on calling is asked to answer without. */
const MAX_ROUNDS = 4
const MAX_CALLS_A_ROUND = 8

export interface ToolRoundsDeps {
  readonly tools: ToolBox
  readonly context: ToolBoxContext
  readonly characterName: string
  readonly signal: AbortSignal
  readonly ask: (request: ReplyRequest) => AsyncIterable<ReplyEvent>
  /** Says something while a tool takes its time; asked only if nothing was said yet. */
  readonly onFiller: (sentence: string) => void
  /** The model begins to speak anew, knowing what its tools gave. */
  readonly onRound: () => void
  readonly onCall: (call: ToolCallRequest) => void
  readonly onUse: (call: ToolCallRequest, use: ToolUse) => void
}

type Finish = Extract<ReplyEvent, { type: 'finish' }>

/** A reply in the course of which the model may call tools: they run, it is told what they gave, and it goes on. */
export async function* withTools(deps: ToolRoundsDeps, request: ReplyRequest): AsyncGenerator<ReplyEvent> {
  let { messages } = request
  let useCount = 0
  let hasSpoken = false
  let spent: Finish | undefined
  for (let round = 0; ; round++) {
    const { tools, ...bare } = request
    const answer = deps.ask({ ...bare, messages, ...(tools && round < MAX_ROUNDS ? { tools } : {}) })
    const calls: ToolCallRequest[] = []
    let spoken = ''
    let finish: Finish | undefined
    for await (const event of answer) {
      if (event.type === 'tool_call') calls.push(event)
      else if (event.type === 'finish') finish = event
      else yield event
      if (event.type === 'text') spoken += event.text
    }
    hasSpoken ||= spoken.trim() !== ''
    spent = finish ? summed(spent, finish) : spent
    if (calls.length === 0 || round >= MAX_ROUNDS) {
      if (spent) yield spent
      return
    }
    const uses = await runAll(deps, calls.slice(0, MAX_CALLS_A_ROUND), hasSpoken)
    messages = [...messages, ...toolExchange(spoken, uses, useCount + 1)]
    useCount += uses.length
    hasSpoken = true
    deps.onRound()
  }
}

/** What all rounds together took; how it ended is what the last one says. */
function summed(before: Finish | undefined, { report, ...last }: Finish): Finish {
  if (!before) return { ...last, ...(report ? { report } : {}) }
  const tokens = sum(before.tokens, last.tokens)
  if (!report) return { ...last, ...tokensOf(tokens), ...(before.report ? { report: before.report } : {}) }
  const counts = {
    attempts: report.attempts + (before.report?.attempts ?? 0),
    promptTokens: sum(before.report?.promptTokens, report.promptTokens),
    cachedTokens: sum(before.report?.cachedTokens, report.cachedTokens),
    reasoningTokens: sum(before.report?.reasoningTokens, report.reasoningTokens),
    cost: sum(before.report?.cost, report.cost),
  }
  const known = Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== undefined))
  return { ...last, ...tokensOf(tokens), report: { ...report, ...known } }
}

function tokensOf(tokens: number | undefined): { tokens?: number } {
  return tokens === undefined ? {} : { tokens }
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : a + (b ?? 0)
}

/** At once: who looks up two things does not wait for one after the other. */
async function runAll(
  { tools, context, characterName, signal, onFiller, onCall, onUse }: ToolRoundsDeps,
  calls: readonly ToolCallRequest[],
  hasSpoken: boolean,
): Promise<ToolUse[]> {
  const sentence = calls.map(({ name }) => filler(name, characterName, context.random)).find(Boolean)
  if (sentence !== undefined && !hasSpoken) onFiller(sentence)
  return Promise.all(
    calls.map(async (call) => {
      onCall(call)
      const use = await tools.run(call, context, signal)
      onUse(call, use)
      return use
    }),
  )
}
