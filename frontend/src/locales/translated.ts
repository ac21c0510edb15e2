/** The same keys with other words: one missing, or one too many, does not compile. */
export type Translated<Original> = {
  readonly [Key in keyof Original]: Original[Key] extends string ? string : Translated<Original[Key]>
}
