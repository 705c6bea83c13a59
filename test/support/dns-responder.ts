/** A DNS server on loopback that knows the SRV records it is given and nothing else, and remembers what was asked. */
import { createSocket } from 'node:dgram';
import type { RemoteInfo } from 'node:dgram';
import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

export interface ServiceRecord {
  readonly host: string;
  readonly port: number;
  readonly priority?: number;
  readonly weight?: number;
}

export interface DnsResponder {
  /** HOST:PORT, for a process that is to ask it as well. */
  readonly address: string;
  /** Names asked for, in order. */
  readonly asked: readonly string[];
  /** Gives the platform's resolver its own servers back. */
  stop(): Promise<void>;
}

const SRV = 33;
const NO_SUCH_NAME = 3;

/** From now on this process asks it for SRV records. @param records - By name, such as `_xmpp-client._tcp.example.org`. */
export async function startDnsResponder(
  records: Readonly<Record<string, readonly ServiceRecord[]>>,
): Promise<DnsResponder> {
  const asked: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const { name, end } = readName(query, 12);
    asked.push(name);
    socket.send(answerTo(query.subarray(0, end + 4), records[name] ?? []), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const former = dns.getServers();
  const address = `127.0.0.1:${socket.address().port}`;
  ask([address]);
  return {
    ...{ address, asked },
    stop: async () => {
      ask(former);
      await new Promise<void>((resolve) => socket.close(resolve));
    },
  };
}

/** The platform puts other functions in the place of those that were there, which importers have to be told. */
function ask(servers: readonly string[]): void {
  dns.setServers(servers);
  syncBuiltinESMExports();
}

/** RFC 1035 4.1: the question again, and an SRV record (RFC 2782) for each. @param question - Header and question. */
function answerTo(question: Buffer, records: readonly ServiceRecord[]): Buffer {
  const header = Buffer.from(question);
  header.writeUInt16BE(0x8180 | (records.length === 0 ? NO_SUCH_NAME : 0), 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8); // no authority, nothing additional
  return Buffer.concat([header, ...records.map(encodeRecord)]);
}

function encodeRecord({ host, port, priority = 0, weight = 0 }: ServiceRecord): Buffer {
  const target = encodeName(host);
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(0xc00c, 0); // the name in the question
  fixed.writeUInt16BE(SRV, 2);
  fixed.writeUInt16BE(1, 4); // class IN
  fixed.writeUInt32BE(60, 6); // seconds to live
  fixed.writeUInt16BE(6 + target.length, 10);
  fixed.writeUInt16BE(priority, 12);
  fixed.writeUInt16BE(weight, 14);
  fixed.writeUInt16BE(port, 16);
  return Buffer.concat([fixed, target]);
}

function encodeName(name: string): Buffer {
  const labels = name === '.' ? [] : name.split('.');
  return Buffer.concat([...labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]), Buffer.of(0)]);
}

function readName(octets: Buffer, start: number): { readonly name: string; readonly end: number } {
  const labels: string[] = [];
  let at = start;
  for (let length = octets[at] ?? 0; length > 0; length = octets[at] ?? 0) {
    labels.push(octets.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.'), end: at + 1 };
}
