import { z } from 'zod'

const RunnerId = z.string().min(1).optional()

/** Settings of models that run on this machine; the runners themselves are described in a file of their own. */
export const local = {
  llm_runner: RunnerId.describe(
    'Which runner, if llm is runner. Absent: llm_model, or the first that chats.',
  ),
  stt_runner: RunnerId.describe('Which runner, if stt is runner. Absent: the first that transcribes.'),
  tts_runner: RunnerId.describe('Which runner, if tts is runner. Absent: the first that speaks.'),
  hf_token: z
    .string()
    .min(1)
    .optional()
    .describe('For private and gated models of Hugging Face. Absent: the variable HF_TOKEN.'),
  gguf_parallel: z.coerce
    .number()
    .int()
    .min(1)
    .max(64)
    .default(2)
    .describe('Engine gguf: how many replies it writes at a time.'),
  gguf_threads: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_024)
    .optional()
    .describe('Engine gguf: how many threads compute. Absent: half of what the machine has.'),
  gguf_gpu_layers: z.coerce
    .number()
    .int()
    .min(0)
    .max(10_000)
    .optional()
    .describe('Engine gguf: how many layers a GPU takes. Absent: as many as fit.'),
}
