/**
 * Loaded into a process ahead of its program (`node --import 'egress-recorder.ts?file=…&dns=…'`), and into its workers:
 * adds to a file, one line each, every address that is connected or written to, every name that is asked for, and every
 * program that is started. Nothing is changed but the resolver, which is the one given.
 */
import childProcess from 'node:child_process';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';

const given = new URL(import.meta.url).searchParams;
const file = given.get('file') ?? '';
const resolver = given.get('dns');

type Call = (this: unknown, ...args: unknown[]) => unknown;

function record(what: string): void {
  appendFileSync(file, `${what}\n`);
}

/** Puts a listener in front of one function of an object. */
function watch(target: object, name: string, describe: (args: readonly unknown[]) => string | undefined): void {
  const functions = target as Record<string, Call>;
  const original = functions[name];
  if (original === undefined) throw new TypeError(`the platform has no ${name}`);
  functions[name] = function (...args) {
    const what = describe(args);
    if (what !== undefined) record(what);
    return Reflect.apply(original, this, args);
  };
}

function watchNames(target: object): void {
  for (const name of Object.getOwnPropertyNames(target)) {
    if (!/^(?:lookup|resolve|reverse)/.test(name)) continue;
    watch(target, name, ([asked]) => (net.isIP(String(asked)) === 0 ? `name ${String(asked)}` : undefined));
  }
}

/** What a socket is asked to connect to: options, a port and a host, or a path; as an array when it comes from inside. */
function placeOf(args: readonly unknown[]): string {
  const [first, second] = args.flat();
  if (typeof first === 'object' && first !== null) {
    const { host = 'localhost', port, path } = first as { host?: string; port?: number; path?: string };
    return path === undefined ? `${host}:${port ?? 0}` : `path ${path}`;
  }
  return typeof first === 'string' && Number.isNaN(Number(first))
    ? `path ${first}`
    : `${typeof second === 'string' ? second : 'localhost'}:${String(first)}`;
}

if (resolver !== null) dns.setServers([resolver]);
watch(net.Socket.prototype, 'connect', (args) => `connect ${placeOf(args)}`);
watch(dgram.Socket.prototype, 'connect', ([port, host]) => `datagram ${String(host)}:${String(port)}`);
watch(dgram.Socket.prototype, 'send', (args) => {
  const [port, host] = [
    args.findLast((arg) => typeof arg === 'number'),
    args.findLast((arg) => typeof arg === 'string'),
  ];
  return `datagram ${String(host)}:${String(port)}`;
});
watchNames(dns);
watchNames(dns.promises);
watchNames(dns.Resolver.prototype);
watchNames(dns.promises.Resolver.prototype);
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
  watch(childProcess, name, ([program]) => `program ${String(program)}`);
}
syncBuiltinESMExports();
