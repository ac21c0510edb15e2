import { type Command } from 'commander'
import { listModels, pullModel } from './models-verbs.ts'
import { JSON_FLAG, type ProgramContext, running } from './program-context.ts'

/** `troupe models …` */
export function addModels(program: Command, context: ProgramContext): void {
  const run = running(context)
  const models = program.command('models').description('Which models can answer: list, pull.')
  models
    .command('list', { isDefault: true })
    .description('What the model server has: name, context, whether it can use tools; * marks the default.')
    .option(...JSON_FLAG)
    .addHelpText('after', '\nExamples:\n  troupe models list\n  OLLAMA_HOST=gpu-box troupe models list')
    .action((flags: { json?: true }) =>
      run((connected) => listModels(connected, { json: flags.json === true })),
    )
  models
    .command('pull')
    .description('Have Ollama fetch a model. Ctrl-C stops; the next pull goes on from there.')
    .argument('<name>', 'as in the library of Ollama, e.g. llama3.1:8b')
    .option('--json', 'the progress as JSON, one object a line')
    .addHelpText('after', '\nExamples:\n  troupe models pull llama3.1\n  troupe models pull qwen3:4b --json')
    .action((name: string, flags: { json?: true }) =>
      run(async (connected) => {
        const stopped = new AbortController()
        const onSignal = (): void => stopped.abort()
        process.on('SIGINT', onSignal)
        try {
          await pullModel(connected, name, { json: flags.json === true, signal: stopped.signal })
        } finally {
          process.off('SIGINT', onSignal)
        }
      }),
    )
}
