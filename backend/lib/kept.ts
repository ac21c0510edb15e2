/** What was made of some facts, and is made anew when one of them is another. */
export class Kept<Value> {
  #made: { readonly facts: readonly unknown[]; readonly value: Value } | undefined

  /** @param facts compared one by one, as `===` does; always as many. */
  of(facts: readonly unknown[], make: () => Value): Value {
    if (!this.#made?.facts.every((fact, index) => fact === facts[index])) {
      this.#made = { facts, value: make() }
    }
    return this.#made.value
  }
}
