import { and, eq, getTableColumns, isNull, sql } from 'drizzle-orm'
import { type Persona } from '#shared/entities.ts'
import { type PersonaStore } from '../contract.ts'
import { type Database } from './database.ts'
import { numberedId, slug } from './ids.ts'
import { found, parametersFor, revised, thrownAway } from './rows.ts'
import { personas } from './schema.ts'
import { attempt } from './storage-errors.ts'

const { position: _position, deleted_at: _deletedAt, ...columns } = getTableColumns(personas)

function prepare({ orm }: Database) {
  const isThere = isNull(personas.deleted_at)
  const byId = and(eq(personas.persona_id, sql.placeholder('persona_id')), isThere)
  return {
    all: orm
      .select(columns)
      .from(personas)
      .where(isThere)
      .orderBy(sql`name COLLATE NOCASE, persona_id`)
      .prepare(),
    one: orm.select(columns).from(personas).where(byId).prepare(),
    ids: orm.select({ persona_id: personas.persona_id }).from(personas).prepare(),
    insert: orm.insert(personas).values(parametersFor(columns)).prepare(),
    update: orm.update(personas).set(parametersFor(columns)).where(byId).prepare(),
    noDefault: orm.update(personas).set({ is_default: false }).where(eq(personas.is_default, true)).prepare(),
    remove: orm.update(personas).set(thrownAway).where(byId).prepare(),
  }
}

export function sqlitePersonas(database: Database): PersonaStore {
  const statements = prepare(database)
  const read = (persona_id: string): Persona =>
    found(statements.one.get({ persona_id }), `the persona "${persona_id}"`)
  const save = database.sqlite.transaction((persona: Persona, verb: 'insert' | 'update'): Persona => {
    if (persona.is_default) statements.noDefault.run()
    statements[verb].run(persona)
    return persona
  })
  return {
    list: () => attempt('read the personas', () => statements.all.all()),
    get: (personaId) => attempt('read the persona', () => read(personaId)),
    create: (draft) =>
      attempt('save the persona', () => {
        const taken = statements.ids.all().map((row) => row.persona_id)
        const now = database.now()
        const persona_id = numberedId(slug(draft.name, 'persona'), taken)
        return save({ ...draft, persona_id, revision: 1, created_at: now, updated_at: now }, 'insert')
      }),
    update: (patch) =>
      attempt('save the persona', () =>
        save(revised(read(patch.persona_id), patch, database.now()), 'update'),
      ),
    delete: (personaId) =>
      attempt('delete the persona', () => {
        read(personaId)
        statements.remove.run({ persona_id: personaId, now: database.now() })
      }),
  }
}
