import { type MacroEnv, type MacroHandler, setVariable } from './macro-env.ts'

type Scope = 'local' | 'global'

/** `getvar`, `setvar` and their kin, of the conversation and of all conversations. */
export const VARIABLE_MACROS: Readonly<Record<string, MacroHandler>> = {
  ...scoped('local', 'var'),
  ...scoped('global', 'globalvar'),
}

function scoped(scope: Scope, suffix: string): Record<string, MacroHandler> {
  return {
    [`get${suffix}`]: ([name = ''], { env }) => env.variables[scope].get(name.trim()) ?? '',
    [`set${suffix}`]: ([name = '', ...value], { env }) => {
      setVariable(env.variables[scope], name.trim(), value.join('::'))
      return ''
    },
    [`add${suffix}`]: ([name = '', value = ''], { env }) => {
      add(env.variables[scope], name.trim(), value)
      return ''
    },
    [`inc${suffix}`]: ([name = ''], { env }) => add(env.variables[scope], name.trim(), '1'),
    [`dec${suffix}`]: ([name = ''], { env }) => add(env.variables[scope], name.trim(), '-1'),
    [`has${suffix}`]: ([name = ''], { env }) => String(env.variables[scope].has(name.trim())),
    [`delete${suffix}`]: ([name = ''], { env }) => {
      env.variables[scope].delete(name.trim())
      return ''
    },
  }
}

/** Adds numbers; anything else is put behind. */
function add(variables: Map<string, string>, name: string, value: string): string {
  const before = variables.get(name) ?? ''
  const sum = Number(before) + Number(value)
  const after = Number.isFinite(sum) && value.trim() !== '' ? String(sum) : before + value
  setVariable(variables, name, after)
  return after
}

const SHORTHAND =
  /^\s*([.$])([a-z_]\w*)\s*(\+\+|--|\+=|-=|\|\|=|\?\?=|\|\||\?\?|==|!=|>=|<=|>|<|=)?\s*([^]*)$/i

/**
 * `.name` and `$name` with their operators: `{{.mood = calm}}`, `{{$count++}}`, `{{.hp <= 3}}`.
 * @returns undefined if the text is none of these.
 */
export function shorthand(text: string, env: MacroEnv): string | undefined {
  const [, sigil, name = '', operator, operand = ''] = SHORTHAND.exec(text) ?? []
  if (sigil === undefined) return undefined
  if (operator === undefined && operand !== '') return undefined
  const variables = env.variables[sigil === '.' ? 'local' : 'global']
  const value = variables.get(name)
  const right = operand.trimEnd()
  if (operator !== undefined && operator in WRITES) {
    const written = WRITES[operator]?.(value, right)
    if (operator === '++' || operator === '--') return add(variables, name, operator === '++' ? '1' : '-1')
    if (written !== undefined) setVariable(variables, name, written)
    else if (operator === '+=') add(variables, name, right)
    else if (operator === '-=') add(variables, name, String(-Number(right)))
    return ''
  }
  return operator === undefined ? (value ?? '') : READS[operator]?.(value, right)
}

type Operation = (value: string | undefined, right: string) => string | undefined

/** What is assigned; undefined: nothing, or a sum. */
const WRITES: Readonly<Record<string, Operation>> = {
  '=': (_value, right) => right,
  '||=': (value, right) => (isTrue(value ?? '') ? undefined : right),
  '??=': (value, right) => (value === undefined ? right : undefined),
  '+=': () => undefined,
  '-=': () => undefined,
  '++': () => undefined,
  '--': () => undefined,
}

const READS: Readonly<Record<string, Operation>> = {
  '||': (value, right) => (isTrue(value ?? '') ? (value ?? '') : right),
  '??': (value, right) => value ?? right,
  '==': (value, right) => String((value ?? '') === right),
  '!=': (value, right) => String((value ?? '') !== right),
  '>': (value, right) => String(Number(value) > Number(right)),
  '>=': (value, right) => String(Number(value) >= Number(right)),
  '<': (value, right) => String(Number(value) < Number(right)),
  '<=': (value, right) => String(Number(value) <= Number(right)),
}

const FALSE = new Set(['', 'false', '0', 'off', 'no'])

/** How `{{if}}` reads a text. */
export function isTrue(text: string): boolean {
  return !FALSE.has(text.trim().toLowerCase())
}
