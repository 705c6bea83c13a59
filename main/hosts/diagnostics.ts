/** A report for people and for support (M18): states and counts, no address, text, key or stanza. */
import process from 'node:process';
import type { Services } from './services.ts';

export function describeDiagnostics(services: Services): string {
  const { availability, keys, server, contacts, outgoing, stores, ignored } = services;
  const states = new Map<string, number>();
  for (const record of keys.records()) {
    const name = `${record.node} ${record.state}`;
    states.set(name, (states.get(name) ?? 0) + 1);
  }
  const lines = [
    `node ${process.versions.node}, openssl ${process.versions.openssl}, v8 ${process.versions.v8}`,
    `account ${availability.state.kind}`,
    `server ${server.hasPep ? 'keeps' : 'does not keep'} personal nodes, ${server.features.length.toString()} features`,
    `contacts ${contacts.all().length.toString()}`,
    `waiting to be sent to ${outgoing.waiting.length.toString()} contacts`,
    `ignored, since the wrong one said it: ${ignored.describe()}`,
    `journal ${stores.journal.count().toString()}`,
    ...[...states].map(([name, count]) => `published set: ${name}: ${count.toString()}`),
    `sets that do not open here ${keys.unreadable.length.toString()}`,
  ];
  return lines.join('\n');
}
