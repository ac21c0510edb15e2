const MOST = 2_000

/** What a pure function gave for a key before is given again; when many are known, all are forgotten. */
export function remembered<Argument, Result>(
  keyOf: (argument: Argument) => string,
  make: (argument: Argument) => Result,
): (argument: Argument) => Result {
  const known = new Map<string, Result>()
  return (argument) => {
    const key = keyOf(argument)
    const result = known.get(key) ?? make(argument)
    if (known.size >= MOST) known.clear()
    known.set(key, result)
    return result
  }
}
