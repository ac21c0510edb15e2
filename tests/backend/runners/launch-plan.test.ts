import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { childOptions } from '../../../backend/engines/llm/gguf/child-options.ts'
import { type ModelConfig } from '../../../backend/runners/config/model-config.ts'
import { parseRunnersFile, runnersJsonSchema } from '../../../backend/runners/config/parse-runners-file.ts'
import { type LaunchPlan, planOf } from '../../../backend/runners/process/launch-plan.ts'

const release = (): Promise<void> => Promise.resolve()

/** How a runner with these settings would be started. */
function planned(settings: object): LaunchPlan {
  const runner = { id: 'nova', kind: 'llama', model: '/m.gguf', ...settings }
  const { runners, runtimes } = parseRunnersFile(JSON.stringify({ runners: [runner] }), {
    path: 'runners.json',
    folder: '/data',
  })
  const [config] = runners
  if (!config) throw new Error('There is no runner')
  return planOf(config, { runtimes, place: placeOf(config), apiKey: 'secret' })
}

function placeOf({ kind }: ModelConfig): { port?: number; socketPath?: string; release: typeof release } {
  return kind === 'gguf' ? { socketPath: '/run/1.sock', release } : { port: 4711, release }
}

const ALWAYS = [
  ...['--model', '/m.gguf', '--alias', 'nova', '--host', '127.0.0.1', '--port', '4711'],
  ...['--no-webui', '--slots', '--metrics'],
]

/** Settings of the kinds `llama` and `gguf`, and what llama-server is told. */
const LOADING: readonly (readonly [object, string])[] = [
  [{ context_tokens: 4096, parallel: 3 }, '--parallel 3 --ctx-size 12288'],
  [{ gpu_layers: 33 }, '--n-gpu-layers 33'],
  [{ gpu_layers: -1 }, '--n-gpu-layers -1'],
  [{ threads: 6 }, '--threads 6'],
  [{ batch: 1024 }, '--batch-size 1024'],
  [{ flash_attention: 'on' }, '--flash-attn on'],
  [{ cache_type: 'q8_0' }, '--cache-type-k q8_0 --cache-type-v q8_0'],
  [{ cache_type: 'q8_0', cache_type_v: 'q4_0' }, '--cache-type-k q8_0 --cache-type-v q4_0'],
  [{ rope_scaling: 'yarn', rope_scale: 4 }, '--rope-scaling yarn --rope-scale 4'],
  [
    { rope_freq_base: 1_000_000, yarn_original_context: 8192 },
    '--rope-freq-base 1000000 --yarn-orig-ctx 8192',
  ],
  [{ chat_template: 'chatml' }, '--chat-template chatml'],
  [{ chat_template_file: 'own.jinja' }, '--chat-template-file /data/own.jinja'],
  [{ lora: ['a.gguf', { path: '/b.gguf', scale: 0.5 }] }, '--lora /data/a.gguf --lora-scaled /b.gguf:0.5'],
  [{ draft_model: '~/small.gguf' }, `--model-draft ${process.env['HOME']}/small.gguf`],
  [{ embeddings: true }, '--embedding'],
]

/** Those that only llama-server has. */
const LLAMA_ONLY: readonly (readonly [object, string])[] = [
  [{ mmproj: 'eye.gguf', mmproj_offload: false }, '--mmproj /data/eye.gguf --no-mmproj-offload'],
  [{ ubatch: 256, threads_batch: 8 }, '--ubatch-size 256 --threads-batch 8'],
  [
    { embeddings: true, context_tokens: 2048 },
    '--ctx-size 2048 --batch-size 2048 --embedding --ubatch-size 2048',
  ],
  [{ embeddings: true, batch: 1024 }, '--batch-size 1024 --embedding --ubatch-size 1024'],
  [{ cpu_moe_layers: 12 }, '--n-cpu-moe 12'],
  [{ devices: ['CUDA0', 'CUDA1'], main_gpu: 1 }, '--device CUDA0,CUDA1 --main-gpu 1'],
  [{ split_mode: 'row', tensor_split: [3, 1] }, '--split-mode row --tensor-split 3,1'],
  [{ kv_offload: false, swa_full: true }, '--no-kv-offload --swa-full'],
  [{ context_shift: true, cache_reuse: 256 }, '--context-shift --cache-reuse 256'],
  [{ draft_model: '/s.gguf', draft_gpu_layers: 9 }, '--model-draft /s.gguf --gpu-layers-draft 9'],
  [{ pooling: 'mean', reasoning_budget: 0 }, '--pooling mean --reasoning-budget 0'],
]

describe('a llama-server', () => {
  it('is told nothing that nobody has set', () => {
    expect(planned({}).args).toEqual([...ALWAYS, '--jinja', '--parallel', '1'])
    expect(planned({}).env).toEqual({ LLAMA_API_KEY: 'secret' })
  })

  it.each([...LOADING, ...LLAMA_ONLY])('is told what %o means', (settings, flags) => {
    const told = planned(settings).args.slice(ALWAYS.length + 1)
    const parallel = 'parallel' in settings ? [] : ['--parallel', '1']
    expect(told.join(' ')).toBe([...parallel, flags].join(' '))
  })

  it('knows before the template whether that is Jinja', () => {
    const { args } = planned({ jinja: false, chat_template: 'llama3' })
    expect(args.indexOf('--no-jinja')).toBeLessThan(args.indexOf('--chat-template'))
    expect(args).not.toContain('--jinja')
  })

  it.each([
    [{ mmap: false }, { LLAMA_ARG_LOAD_MODE: 'none', LLAMA_ARG_NO_MMAP: '1', LLAMA_ARG_MMAP: '0' }],
    [{ mmap: true }, { LLAMA_ARG_LOAD_MODE: 'mmap' }],
    [{ mlock: true }, { LLAMA_ARG_LOAD_MODE: 'mlock', LLAMA_ARG_MLOCK: '1' }],
    [
      { mlock: true, mmap: true },
      { LLAMA_ARG_LOAD_MODE: 'mmap+mlock', LLAMA_ARG_MLOCK: '1' },
    ],
  ])('learns from variables how to load its file, since flags for it differ: %o', (settings, env) => {
    const plan = planned(settings)
    expect(plan.env).toEqual({ ...env, LLAMA_API_KEY: 'secret' })
    expect(plan.args).toEqual(planned({}).args)
  })

  it.each([
    [{ cache_type: 'q9' }, /cache_type/u],
    [{ gpu_layers: 1.5 }, /gpu_layers/u],
    [{ rope_scaling: 'ntk' }, /rope_scaling/u],
    [{ lora: [{ scale: 1 }] }, /lora/u],
  ])('is not started with what makes no sense: %o', (settings, fault) => {
    expect(() => planned(settings)).toThrow(fault)
  })
})

describe('a GGUF file in a process of its own', () => {
  it.each(LOADING)('is told the same: %o', (settings, flags) => {
    expect(planned({ kind: 'gguf', ...settings }).args.join(' ')).toContain(flags)
  })

  it('understands what it is told', () => {
    const { args, env } = planned({
      kind: 'gguf',
      context_tokens: 4096,
      parallel: 2,
      gpu_layers: 0,
      threads: 3,
      batch: 256,
      flash_attention: 'off',
      cache_type_k: 'q8_0',
      mmap: true,
      mlock: true,
      rope_scaling: 'linear',
      rope_scale: 2,
      chat_template_file: '/own.jinja',
      lora: ['/a.gguf', { path: '/c:/b.gguf', scale: 0.5 }],
      draft_model: '/small.gguf',
    })
    const from = args.indexOf('--model')
    expect(childOptions(args.slice(from), env)).toEqual({
      alias: 'nova',
      address: '/run/1.sock',
      port: undefined,
      isForEmbeddings: false,
      load: {
        path: '/m.gguf',
        contextTokens: 4096,
        parallel: 2,
        gpuLayers: 0,
        threads: 3,
        batchTokens: 256,
        flashAttention: false,
        cacheTypeK: 'q8_0',
        cacheTypeV: undefined,
        mmap: true,
        mlock: true,
        rope: { scaling: 'linear', scale: 2, freqBase: undefined, originalContext: undefined },
        chatTemplate: undefined,
        chatTemplatePath: '/own.jinja',
        adapters: [
          { path: '/a.gguf', scale: 1 },
          { path: '/c:/b.gguf', scale: 0.5 },
        ],
        draftPath: '/small.gguf',
      },
    })
  })

  it('leaves to the library what nobody has set', () => {
    const { load, isForEmbeddings } = childOptions(['--model', '/m.gguf', '--n-gpu-layers', '-1'], {})
    expect(isForEmbeddings).toBe(false)
    expect(load).toMatchObject({ path: '/m.gguf', parallel: 1, gpuLayers: undefined, rope: undefined })
  })
})

const Help = z.looseObject({ description: z.string().min(5) })
const Kind = z.looseObject({ properties: z.record(z.string(), z.unknown()) })
const Schema = z.looseObject({
  properties: z.looseObject({ runners: z.looseObject({ items: z.looseObject({ oneOf: z.array(Kind) }) }) }),
})

it('every setting of every kind of runner has its help', () => {
  const { properties } = Schema.parse(runnersJsonSchema())
  const kinds = properties.runners.items.oneOf
  expect(kinds).toHaveLength(4)
  const silent = [properties, ...kinds.map((kind) => kind.properties)].flatMap((settings) =>
    Object.entries(settings).flatMap(([name, setting]) => (Help.safeParse(setting).success ? [] : [name])),
  )
  expect(silent).toEqual([])
})
