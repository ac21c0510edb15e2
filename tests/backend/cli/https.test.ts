import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CliStage } from '../../support/cli-stage.ts'
import { testCertificate, type TestCertificate } from '../../support/certificates.ts'

const stage = new CliStage()
let own: TestCertificate
beforeAll(async () => {
  own = await testCertificate()
})
afterAll(async () => {
  await own[Symbol.asyncDispose]()
})

describe('over https', () => {
  test('refuses a certificate that nobody vouches for, and says what to do', async () => {
    await stage.serve({ certificate: own.certificate })
    const { code, err } = await stage.run(['chat', '--character', 'Nora', 'Hello'])
    expect(code).toBe(3)
    expect(err).toMatch(/^troupe: The certificate of https:\/\/127\.0\.0\.1:\d+ is not trusted: .*--ca/u)
  })

  test('talks with a server whose certificate it is given, and with any if it is told to', async () => {
    await stage.serve({ certificate: own.certificate })
    const talk = ['chat', '--character', 'Nora', 'Hello']
    expect(await stage.run(['--ca', own.file, ...talk])).toMatchObject({
      code: 0,
      out: 'Good **evening**.\n',
    })
    expect(await stage.run(talk, { env: { TROUPE_CA: own.file } })).toMatchObject({ code: 0 })
    expect(await stage.run(['--insecure', ...talk])).toMatchObject({ code: 0 })
    expect((await stage.run(['--ca', stage.file('gone.pem'), ...talk])).err).toContain(
      'Cannot read the certificate',
    )
  })

  test('sends and fetches files there, too', async () => {
    await stage.serve({ certificate: own.certificate })
    const trusting = (args: string[]) => stage.run(['--ca', own.file, ...args])
    const saved = await trusting(['characters', 'export', 'Nora', '-o', stage.file('nora.json')])
    expect(saved).toMatchObject({ code: 0 })
    const again = await trusting(['characters', 'import', stage.file('nora.json')])
    expect(again).toMatchObject({ code: 0 })
    const { out } = await trusting(['characters', 'list'])
    expect(out.split('\n').filter((line) => line.includes('Nora'))).toHaveLength(2)
  })
})
