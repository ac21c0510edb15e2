import { type GgufField, type GgufTensor, writeGguf } from './gguf-writer.ts'

/**
 * A language model made by hand, for tests: a real transformer of some megabytes in a real GGUF file, whose weights
 * say a text word by word, and another one if a word has been said to it. How:
 * - Each token has a direction of its own. The output has learned which token follows which.
 * - Its attention looks at everything equally, and carries along whether the word was there.
 * - Its feed-forward layer notices that a reply is to begin and the word was there, and chooses the other text.
 */

export interface TalkingModelOptions {
  /** Said unless a word has been. */
  readonly reply: string
  /** Said if the word stands in the conversation; of several the last one listed. */
  readonly replies?: readonly KeyedReply[]
  readonly contextTokens?: number
  /** Reads long texts fast: a tokenizer that knows no letters is very slow. */
  readonly letters?: boolean
  /** More do nothing but take time. */
  readonly layers?: number
}

export interface KeyedReply {
  readonly ifSaid: string
  readonly reply: string
  /** From its end it goes on with its second word, and never stops by itself. */
  readonly isEndless?: boolean
}

const CHAT_TEMPLATE =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"

const HEAD = 64
const TYPES = { normal: 1, unknown: 2, control: 3, byte: 6 } as const
const SPACE = '▁'
const LETTERS = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index))
const END = '<|im_end|>'
/** Every prompt ends with one, so a reply begins after it. */
const NEWLINE = '<0x0A>'

/** The file. */
export function writeTalkingModel(options: TalkingModelOptions): Buffer {
  const vocabulary = new Vocabulary(options.letters === true)
  const scripts = [
    { tokens: vocabulary.write(options.reply), keyword: undefined, isEndless: false },
    ...(options.replies ?? []).map(({ ifSaid, reply, isEndless = false }) => ({
      tokens: vocabulary.write(reply),
      keyword: vocabulary.learn(ifSaid),
      isEndless,
    })),
  ]
  const { contextTokens = 4_096, layers = 1 } = options
  const size = Math.ceil((vocabulary.size + 2 * scripts.length) / HEAD) * HEAD
  return writeGguf({
    fields: fieldsOf(vocabulary, { size, contextTokens, layers }),
    tensors: tensorsOf(vocabulary, { scripts, size, layers }),
  })
}

interface Script {
  readonly tokens: readonly number[]
  readonly keyword: number | undefined
  readonly isEndless: boolean
}

class Vocabulary {
  readonly pieces: string[] = ['<unk>', '<s>', '</s>', '<|im_start|>', END]
  readonly scores: number[] = [0, 0, 0, 0, 0]
  readonly types: number[] = [TYPES.unknown, TYPES.control, TYPES.control, TYPES.control, TYPES.control]
  readonly #written = new Set<string>()

  constructor(knowsLetters: boolean) {
    for (let byte = 0; byte < 256; byte += 1) {
      this.#add(`<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`, 0, TYPES.byte)
    }
    for (const letter of knowsLetters ? [SPACE, ...LETTERS] : []) this.#add(letter, -500, TYPES.normal)
  }

  get size(): number {
    return this.pieces.length
  }

  id(piece: string): number {
    return this.pieces.indexOf(piece)
  }

  /** Tokens for a text in which no token comes twice: a word that does is made one with the word before. */
  write(text: string): number[] {
    const pieces: string[] = []
    for (const [index, word] of text.trim().split(/\s+/u).entries()) {
      const piece = (index === 0 ? '' : SPACE) + word
      if (this.#written.has(piece)) pieces.push((pieces.pop() ?? '') + piece)
      else pieces.push(piece)
      this.#written.add(pieces.at(-1) ?? '')
    }
    return pieces.map((piece) => this.#add(piece, -1_000 - this.size, TYPES.normal))
  }

  /** A token that the tokenizer makes of this word after a space, letter by letter. */
  learn(word: string): number {
    const beginnings = Array.from({ length: word.length }, (_, index) => SPACE + word.slice(0, index + 1))
    return beginnings.map((piece) => this.#add(piece, piece.length, TYPES.normal)).at(-1) ?? 0
  }

  #add(piece: string, score: number, type: number): number {
    const known = this.pieces.indexOf(piece)
    if (known !== -1) {
      this.scores[known] = Math.max(score, this.scores[known] ?? 0)
      return known
    }
    this.pieces.push(piece)
    this.scores.push(score)
    this.types.push(type)
    return this.pieces.length - 1
  }
}

interface Shape {
  readonly size: number
  readonly layers: number
}

function count(value: number): GgufField {
  return { type: 'uint32', value }
}

function fieldsOf(
  vocabulary: Vocabulary,
  { size, layers, contextTokens }: Shape & { contextTokens: number },
): Record<string, GgufField> {
  const { pieces, scores, types } = vocabulary
  return {
    'general.architecture': { type: 'string', value: 'llama' },
    'general.name': { type: 'string', value: 'Talking Test' },
    'general.file_type': count(0),
    'llama.context_length': count(contextTokens),
    'llama.embedding_length': count(size),
    'llama.block_count': count(layers),
    'llama.feed_forward_length': count(HEAD),
    'llama.attention.head_count': count(size / HEAD),
    'llama.attention.head_count_kv': count(size / HEAD),
    'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-6 },
    'llama.rope.dimension_count': count(HEAD),
    'llama.vocab_size': count(vocabulary.size),
    'tokenizer.ggml.model': { type: 'string', value: 'llama' },
    'tokenizer.ggml.tokens': { type: 'strings', value: pieces },
    'tokenizer.ggml.scores': { type: 'float32s', value: scores },
    'tokenizer.ggml.token_type': { type: 'int32s', value: types },
    'tokenizer.ggml.bos_token_id': count(1),
    'tokenizer.ggml.eos_token_id': count(4),
    'tokenizer.ggml.unknown_token_id': count(0),
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
    'tokenizer.ggml.add_space_prefix': { type: 'bool', value: false },
    'tokenizer.chat_template': { type: 'string', value: CHAT_TEMPLATE },
  }
}

/** How strongly it wants to say what it says; and the word is to outweigh thousands of others. */
const CERTAINTY = 20
const ATTENTION = 100
const GATE = 10

function tensorsOf(
  vocabulary: Vocabulary,
  { scripts, size, layers }: Shape & { scripts: readonly Script[] },
): GgufTensor[] {
  const embedding = new Matrix('token_embd.weight', size, vocabulary.size)
  for (let token = 0; token < vocabulary.size; token += 1) embedding.set(token, token, 1)
  const output = outputOf(vocabulary, scripts, size)
  const blocks = Array.from({ length: layers }, (_, layer) =>
    blockOf(vocabulary, { layer, size, scripts: layer === 0 ? scripts : [] }),
  )
  return [embedding.tensor, ...blocks.flat(), ones('output_norm.weight', size), output.tensor]
}

function outputOf(vocabulary: Vocabulary, scripts: readonly Script[], size: number): Matrix {
  const output = new Matrix('output.weight', size, vocabulary.size)
  for (const [index, { tokens, keyword, isEndless }] of scripts.entries()) {
    const after = (isEndless ? tokens[1] : undefined) ?? vocabulary.id(END)
    for (const [at, token] of tokens.entries()) output.set(token, tokens[at + 1] ?? after, CERTAINTY)
    const [first = 0] = tokens
    const begins = keyword === undefined ? vocabulary.id(NEWLINE) : vocabulary.size + scripts.length + index
    output.set(begins, first, CERTAINTY * (index + 1))
  }
  return output
}

/** The directions after those of the tokens: of scripts whose word was said, then of scripts that are chosen. */
function blockOf(
  vocabulary: Vocabulary,
  { layer, size, scripts }: { layer: number; size: number; scripts: readonly Script[] },
): GgufTensor[] {
  const matrix = (name: string, inputs: number, outputs: number): Matrix =>
    new Matrix(`blk.${layer}.${name}.weight`, inputs, outputs)
  const value = matrix('attn_v', size, size)
  const result = matrix('attn_output', size, size)
  const gate = matrix('ffn_gate', size, HEAD)
  const up = matrix('ffn_up', size, HEAD)
  const down = matrix('ffn_down', HEAD, size)
  for (const [index, { keyword }] of scripts.entries()) {
    if (keyword === undefined) continue
    const wasSaid = vocabulary.size + index
    const isChosen = vocabulary.size + scripts.length + index
    value.set(keyword, wasSaid, 1)
    result.set(wasSaid, wasSaid, ATTENTION)
    gate.set(vocabulary.id(NEWLINE), index, GATE)
    up.set(wasSaid, index, 1)
    down.set(index, isChosen, 1)
  }
  return [
    ones(`blk.${layer}.attn_norm.weight`, size),
    matrix('attn_q', size, size).tensor,
    matrix('attn_k', size, size).tensor,
    value.tensor,
    result.tensor,
    ones(`blk.${layer}.ffn_norm.weight`, size),
    gate.tensor,
    up.tensor,
    down.tensor,
  ]
}

class Matrix {
  readonly tensor: GgufTensor
  readonly #inputs: number

  constructor(name: string, inputs: number, outputs: number) {
    this.#inputs = inputs
    this.tensor = { name, dimensions: [inputs, outputs], values: new Float32Array(inputs * outputs) }
  }

  set(input: number, output: number, weight: number): void {
    this.tensor.values[output * this.#inputs + input] = weight
  }
}

function ones(name: string, length: number): GgufTensor {
  return { name, dimensions: [length], values: new Float32Array(length).fill(1) }
}
