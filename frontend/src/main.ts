import './no-eval.ts'

// Only now: what follows makes its schemas as it is loaded.
void import('./start.ts')
