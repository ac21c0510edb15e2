import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mainPort } from './api/doors/door-plan.ts'
import { settleRestore } from './backup/settle-restore.ts'
import { type Config } from './config.ts'
import { fixedSettings, loadConfig } from './config-sources.ts'
import { AppError } from './errors.ts'
import { type House, openHouse } from './house.ts'
import { createLogger, type Logger } from './logging.ts'
import { isLoopback } from './socket/access.ts'
import { welcomeText } from './welcome.ts'

/** Whoever stops us does not wait longer. */
const STOP_WITHIN_MS = 5_000

try {
  await start()
} catch (error) {
  const isExpected = error instanceof AppError
  process.stderr.write(`Troupe cannot start. ${isExpected ? error.message : ''}\n`)
  if (!isExpected) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
}

async function start(): Promise<void> {
  const argv = process.argv.slice(2)
  const { data_dir, log_level } = loadConfig(argv, process.env)
  const logger = createLogger(log_level)
  let house = await open({ argv, logger, restart })
  stopOnSignal(logger, async () => house[Symbol.asyncDispose]())

  /** Everybody is let go, and comes back by themselves. */
  function restart(): void {
    logger.warn(`Restarting on ${data_dir}, as a backup is to be restored`)
    const again = async (): Promise<void> => {
      const port = portOf(house)
      await house[Symbol.asyncDispose]()
      house = await open({ argv, logger, restart, port })
    }
    again().catch((error: unknown) => {
      logger.error({ err: error }, 'Troupe could not restart')
      process.exit(1)
    })
  }
}

interface Opening {
  readonly argv: readonly string[]
  readonly logger: Logger
  readonly restart: () => void
  /** Where it listened before, whatever the settings say. */
  readonly port?: number | undefined
}

/** A house that listens. */
async function open({ argv, logger, restart, port }: Opening): Promise<House> {
  // Before the settings are read: a backup that is waiting may hold others.
  const { data_dir } = loadConfig(argv, process.env)
  if (await settleRestore(data_dir))
    logger.warn('A backup was restored; the data of before are kept beside it')
  const settings = loadConfig(argv, process.env)
  const config = { ...settings, port: port ?? settings.port }
  const house = await openHouse({
    config,
    token: tokenOf,
    logger,
    restart,
    environment: process.env,
    onNotice: (sentence) => logger.warn(sentence),
    sources: {
      fixed: fixedSettings(argv, process.env),
      load: (fileText) => loadConfig(argv, process.env, fileText),
    },
  })
  try {
    await listen(house, config)
  } catch (error) {
    await house[Symbol.asyncDispose]()
    throw error
  }
  welcome(house, config)
  return house
}

function portOf(house: House): number | undefined {
  const address = house.app.server.address()
  return typeof address === 'object' ? address?.port : undefined
}

function tokenOf(config: Config): string | undefined {
  return config.token ?? (isLoopback(config.host) ? undefined : generatedToken(config))
}

/** Printed when it is made, kept for the next start. */
function generatedToken(config: Config): string {
  const file = join(config.data_dir, 'token')
  if (existsSync(file)) return readFileSync(file, 'utf8').trim()
  const token = randomBytes(18).toString('base64url')
  writeFileSync(file, `${token}\n`, { mode: 0o600 })
  process.stdout.write(
    `This server can be reached from other machines, so it needs a token (kept in ${file}):\n  ${token}\n`,
  )
  return token
}

/** On the main port, if there is anything on it, and on those of doors. */
async function listen({ app, doors }: House, config: Config): Promise<void> {
  const { host, port } = config
  const { isNeeded } = mainPort(config)
  try {
    if (isNeeded) await app.listen({ host, port })
  } catch (error) {
    throw new AppError(
      'config_invalid',
      `Cannot listen on ${host}:${port}; is something else running there? Choose another with --port`,
      { cause: error },
    )
  }
  await doors.open()
  const statuses = Object.values(doors.statuses())
  const failed = statuses.find(({ state }) => state === 'failed')
  const isAnyOpen = isNeeded || statuses.some(({ state }) => state === 'open')
  if (!isAnyOpen) throw new AppError('config_invalid', failed?.error ?? 'There is nothing to serve')
}

function welcome(house: House, config: Config): void {
  const { engines, doors } = house
  const facts = { config, port: portOf(house), engines: engines.statuses(), doors: doors.statuses() }
  process.stdout.write(`${welcomeText(facts)}\n`)
}

/** Turns settle, writes are flushed, children end; what does not within the limit is left behind. */
function stopOnSignal(logger: Logger, stop: () => Promise<void>): void {
  let isStopping = false
  const onSignal = (): void => {
    if (isStopping) return
    isStopping = true
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref()
    stop().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ err: error }, 'Troupe did not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
