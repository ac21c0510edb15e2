import { type FastifyReply, type FastifyRequest } from 'fastify'
import { AppError } from '../../errors.ts'
import { untilGone } from '../client-gone.ts'
import { CHARACTER_PREFIX, slugOf } from '../core/talkable.ts'
import { characterName, characterOf, copyOf, deleteCharacter, MADE_HERE } from './characters.ts'
import { find } from './find.ts'
import { type OllamaDoor } from './ollama-deps.ts'
import { CopyRequest, nameIn, NamedRequest, read } from './requests.ts'

/** `POST /api/copy`: characters are copied; models are files, and stay one. */
export async function copy({ directory, crud }: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const { source, destination } = read(CopyRequest, request.body)
  const signal = untilGone(reply)
  const talkable = await find(directory, source, signal)
  if (talkable.kind !== 'character') {
    throw new AppError(
      'bad_message',
      `"${source}" is a model: Troupe copies characters; give a model another name on the Models screen`,
    )
  }
  const name = characterName(destination)
  if (await directory.find(`${CHARACTER_PREFIX}${slugOf(name)}`, signal)) {
    throw new AppError('conflict', `There is a character "${name}" already; choose another name`)
  }
  const original = await characterOf(crud, talkable)
  const tags = [...new Set([...original.tags, MADE_HERE])]
  await crud.run('create_character', { ...copyOf(original, name), tags })
  directory.charactersChanged()
  return reply.code(200).send()
}

/** `DELETE /api/delete`: characters go to the trash; models are not deleted from outside. */
export async function remove(door: OllamaDoor, request: FastifyRequest, reply: FastifyReply) {
  const name = nameIn(read(NamedRequest, request.body))
  const talkable = await find(door.directory, name, untilGone(reply))
  if (talkable.kind !== 'character') {
    throw new AppError(
      'bad_message',
      `"${name}" is a model: only characters are deleted here; delete the model's file, or delete it at its server`,
    )
  }
  await deleteCharacter(door.crud, talkable)
  door.directory.charactersChanged()
  return reply.code(200).send()
}
