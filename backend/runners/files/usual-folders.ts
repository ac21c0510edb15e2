import { join } from 'node:path'

/** Where other programs keep GGUF files. Looked into only if somebody asks for it. */
export function usualModelFolders(home: string): readonly string[] {
  return [
    // LM Studio, and where it kept them before.
    join(home, '.lmstudio', 'models'),
    join(home, '.cache', 'lm-studio', 'models'),
    // llama.cpp (-hf), and the Hugging Face tools, whose folder it shares by now.
    join(home, '.cache', 'llama.cpp'),
    join(home, 'Library', 'Caches', 'llama.cpp'),
    join(home, '.cache', 'huggingface', 'hub'),
  ]
}
