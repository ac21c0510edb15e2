import { z } from 'zod'

// The page's own policy forbids to evaluate text as code, which zod would otherwise try, once, with every schema.
// Imported before everything else, because it has to stand before the first schema is made.
z.config({ jitless: true })
