import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Page } from 'playwright-core'
import { type GgufField, writeGguf } from './gguf-writer.ts'
import { FAKE_RUNTIME } from './real-runners.ts'

/** Models as somebody could have them, so that their screen has something to show. */

let folder: string | undefined

/** Has the server of this page run them, and waits until it does. */
export async function showModels(page: Page): Promise<void> {
  folder ??= modelFolder()
  const data = { text: JSON.stringify(shownFile(folder), null, 2) }
  const answer = await page.request.put(new URL('/api/runners/config', page.url()).href, { data })
  if (!answer.ok()) throw new Error(await answer.text())
}

function shownFile(models: string): object {
  return {
    memory_mib: 16_000,
    runtimes: { llama: FAKE_RUNTIME },
    model_folders: [models],
    runners: [
      {
        kind: 'llama',
        id: 'llama3.1:8b',
        aliases: ['llama3'],
        model: join(models, 'Llama-3.1-8B-Instruct-Q4_K_M.gguf'),
        context_tokens: 8_192,
        memory_mib: 6_000,
        env: { FAKE_TOKEN_MS: '25' },
      },
      { kind: 'llama', id: 'bge-m3', model: join(models, 'bge-m3-f16.gguf'), embeddings: true },
      {
        kind: 'llama',
        id: 'gemma-3:27b',
        model: join(models, 'gemma-3-27b-it-Q4_K_M.gguf'),
        memory_mib: 14_000,
        env: { FAKE_DIE_LOADING: 'error: failed to allocate 13.9 GB for the weights' },
      },
    ],
  }
}

function modelFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'troupe-shown-'))
  process.once('exit', () => rmSync(path, { recursive: true, force: true }))
  mkdirSync(path, { recursive: true })
  const files = [
    ['Llama-3.1-8B-Instruct-Q4_K_M.gguf', 131_072, 4_920_000_000],
    ['bge-m3-f16.gguf', 8_192, 1_160_000_000],
    ['Qwen2.5-1.5B-Instruct-Q8_0.gguf', 32_768, 1_890_000_000],
  ] as const
  for (const [name, context, bytes] of files) {
    writeFileSync(join(path, name), writeGguf({ fields: fieldsOf(name, context), tensors: [tensor()] }))
    // Holes take no room on the disk.
    truncateSync(join(path, name), bytes)
  }
  writeFileSync(join(path, 'half-a-model.gguf'), '<html>')
  return path
}

function fieldsOf(name: string, context: number): Record<string, GgufField> {
  return {
    'general.architecture': { type: 'string', value: 'llama' },
    'general.name': { type: 'string', value: name.replace('.gguf', '') },
    'general.file_type': { type: 'uint32', value: name.includes('Q4_K_M') ? 15 : 7 },
    'llama.context_length': { type: 'uint32', value: context },
  }
}

const tensor = () => ({ name: 'w', dimensions: [8], values: new Float32Array(8) })
