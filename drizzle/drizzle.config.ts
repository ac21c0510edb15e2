import { defineConfig } from 'drizzle-kit'

/** For `npm run db:generate`: compares the schema with the migrations and writes the next one. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './backend/store/sqlite/schema.ts',
  out: './drizzle/migrations',
})
