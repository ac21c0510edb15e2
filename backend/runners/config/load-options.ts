import { z } from 'zod'

/** How a model file is loaded. What is said here of each setting is the help that people are shown. */

const Path = z.string().min(1)
const Count = (max: number) => z.number().int().min(0).max(max)

const CacheType = z.enum(['f32', 'f16', 'bf16', 'q8_0', 'q5_1', 'q5_0', 'q4_1', 'q4_0', 'iq4_nl'])
const Adapter = z
  .union([Path, z.strictObject({ path: Path, scale: z.number().min(-100).max(100).default(1) })])
  .transform((given) => (typeof given === 'string' ? { path: given, scale: 1 } : given))

const Threads = z.number().int().min(1).max(1024)

/** Of a GGUF file, whoever runs it. */
export const loading = {
  gpu_layers: z
    .number()
    .int()
    .min(-1)
    .max(10_000)
    .optional()
    .describe(
      'How many layers of the model a graphics card takes: 0 uses the processor only, 999 puts all of it there. Absent or -1: as many as fit.',
    ),
  threads: Threads.optional().describe(
    'How many threads compute. More than there are free processor cores make it slower.',
  ),
  batch: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('How many tokens of a prompt are read at a time. More is faster, and takes more memory.'),
  flash_attention: z
    .enum(['auto', 'on', 'off'])
    .optional()
    .describe('A way to compute attention that is faster and takes less memory. `auto`: where it works.'),
  cache_type: CacheType.optional().describe(
    'How exactly it remembers what it has read: q8_0 takes half the memory of f16, q4_0 a quarter and costs quality. Less than f16 needs flash attention.',
  ),
  cache_type_k: CacheType.optional().describe('The same for keys only, which bear less of it.'),
  cache_type_v: CacheType.optional().describe('The same for values only.'),
  mmap: z
    .boolean()
    .optional()
    .describe(
      'Whether the file is mapped instead of read: it starts faster, and the system may drop parts of it. Absent: where it works.',
    ),
  mlock: z
    .boolean()
    .default(false)
    .describe('Keeps the model in memory so that it is never swapped out, if the system allows that.'),
  rope_scaling: z
    .enum(['none', 'linear', 'yarn'])
    .optional()
    .describe(
      'How its positions are stretched to a longer context than it was made for. Absent: its own way.',
    ),
  rope_scale: z
    .number()
    .min(0.01)
    .max(1_000)
    .optional()
    .describe('By how much they are stretched: 4 makes a model of 8,192 tokens read 32,768.'),
  rope_freq_base: z
    .number()
    .min(1)
    .max(1e12)
    .optional()
    .describe('Base frequency of its positions, if the maker of the model says another one.'),
  yarn_original_context: Count(100_000_000)
    .optional()
    .describe('With `yarn`: the context that it was made for. Absent: as the file says.'),
  chat_template: z
    .string()
    .min(1)
    .optional()
    .describe(
      'How a conversation is written for it, if its own template is missing or wrong: a name such as chatml or llama3, or a Jinja template.',
    ),
  chat_template_file: Path.optional().describe('A file with that Jinja template.'),
  lora: z
    .array(Adapter)
    .default([])
    .describe('Adapters (LoRA) that change it: files, or { path, scale } where 1 is their full strength.'),
  draft_model: Path.optional().describe(
    'A small model of the same family that guesses ahead, which makes a large one faster and changes nothing else.',
  ),
  embeddings: z
    .boolean()
    .default(false)
    .describe('It is a model for embeddings: it turns texts into vectors and does not chat.'),
}

/** What only llama-server can. */
export const llamaOnly = {
  mmproj: Path.optional().describe('Makes it see or hear: the projector that belongs to the model.'),
  mmproj_offload: z.boolean().default(true).describe('Whether a graphics card may take the projector.'),
  jinja: z.boolean().default(true).describe('Uses the chat template of the model, which tools need.'),
  reasoning_budget: z
    .number()
    .int()
    .min(-1)
    .optional()
    .describe('How many tokens it may think before it answers: 0 none, -1 as many as it likes.'),
  cache_reuse: Count(1_000_000)
    .optional()
    .describe(
      'Pieces of at least so many tokens are reused although something before them has changed. 0: never.',
    ),
  context_shift: z
    .boolean()
    .default(false)
    .describe('Forgets its beginning when the context is full, instead of ending the reply.'),
  ubatch: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .describe('How many tokens are computed at once, at most `batch`. Less takes less memory.'),
  threads_batch: Threads.optional().describe('Threads that read prompts. Absent: as many as `threads`.'),
  cpu_moe_layers: Count(10_000)
    .optional()
    .describe(
      'Of a mixture of experts: in how many layers the experts stay in main memory, so that the rest fits into the graphics card.',
    ),
  devices: z
    .array(z.string().min(1))
    .default([])
    .describe('Which graphics cards it uses, as `llama-server --list-devices` calls them. Empty: all.'),
  main_gpu: Count(255)
    .optional()
    .describe('Which graphics card, counted from 0, where one does the work of all.'),
  split_mode: z
    .enum(['none', 'layer', 'row', 'tensor'])
    .optional()
    .describe('How it is shared out among several graphics cards. `none`: only `main_gpu`.'),
  tensor_split: z
    .array(z.number().min(0))
    .default([])
    .describe('How much each graphics card gets, e.g. [3, 1]. Empty: by their memory.'),
  kv_offload: z
    .boolean()
    .default(true)
    .describe('Whether what it has read is remembered in the memory of the graphics card.'),
  swa_full: z
    .boolean()
    .default(false)
    .describe(
      'For models with a sliding window: remembers everything, so more is reused. Takes more memory.',
    ),
  draft_gpu_layers: Count(10_000)
    .optional()
    .describe('How many layers of `draft_model` a graphics card takes. Absent: as many as fit.'),
  pooling: z
    .enum(['none', 'mean', 'cls', 'last', 'rank'])
    .optional()
    .describe(
      'With `embeddings`: how one vector is made of those of all tokens. Absent: as the model wants.',
    ),
}
