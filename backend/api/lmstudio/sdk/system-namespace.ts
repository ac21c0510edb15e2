import { pid } from 'node:process'
import { type LmStudioDoor } from '../lmstudio-deps.ts'
import { sdkModel } from '../model-descriptions.ts'
import { type Namespace, type RpcChannel } from './namespace.ts'

/** The LM Studio whose door this is. */
const VERSION = { version: '0.3.30', build: 1 }

/** The SDK's `/system`. */
export function systemNamespace({ directory }: LmStudioDoor): Namespace {
  return {
    rpcs: new Map([
      ['listDownloadedModels', async (_parameter, signal) => (await directory.list(signal)).map(sdkModel)],
      ['version', async () => VERSION],
      ['info', async () => ({ pid, isDaemon: true, version: VERSION.version })],
      ['notify', async () => undefined],
    ]),
    channels: new Map([['alive', untilClosed]]),
  }
}

function untilClosed(_parameter: unknown, { signal }: RpcChannel): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
