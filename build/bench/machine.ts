import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** What the figures were taken with: figures of two machines or versions do not compare. */
export function describeMachine(root: string): Readonly<Record<string, string>> {
  const { node, openssl, v8 } = process.versions;
  const processors = cpus();
  return {
    time: new Date().toISOString(),
    machine: `${processors.length} x ${processors[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${process.platform} ${release()} ${process.arch}`,
    versions: `Node ${node}, V8 ${v8}, OpenSSL ${openssl}`,
    packages: ['@xmpp/client', 'node-forge', 'saxes'].map((name) => `${name} ${versionOf(root, name)}`).join(', '),
  };
}

function versionOf(root: string, name: string): string {
  const text = readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
