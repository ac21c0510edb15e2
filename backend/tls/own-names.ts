import { hostname, networkInterfaces } from 'node:os'
import { isIP } from 'node:net'
import { type Config } from '../config.ts'

const DNS_NAME = /^(?=.{1,253}$)[a-z\d_](?:[a-z\d_-]{0,62})(?:\.[a-z\d_][a-z\d_-]{0,62})*$/iu

/** The addresses of this machine in its networks. Those of IPv6 change too often to be relied on. */
export function lanAddresses(): string[] {
  const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return interfaces
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}

/** What this machine is called in its network. */
export function hostNames(): string[] {
  const own = hostname().toLowerCase()
  if (!DNS_NAME.test(own) || own === 'localhost') return []
  return own.includes('.') ? [own] : [own, `${own}.local`]
}

/** Everything under which the server may be reached. */
export function ownNames({ host, allowed_hosts }: Pick<Config, 'host' | 'allowed_hosts'>): string[] {
  const given = [host, ...allowed_hosts].filter((name) => isIP(name) !== 0 || DNS_NAME.test(name))
  const meant = given.filter((name) => name !== '0.0.0.0' && name !== '::')
  return [...new Set(['localhost', '127.0.0.1', '::1', ...hostNames(), ...lanAddresses(), ...meant])]
}
