/**
 * Where a domain's XMPP service is: SRV records for STARTTLS (RFC 6120 3.2) and for direct TLS (XEP-0368), else the
 * domain itself. Nothing is asked over HTTP (S-085).
 */
import { resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { RandomSource } from '../../crypto/random.ts';
import { LinkError } from './link.ts';

export interface Target {
  readonly host: string;
  readonly port: number;
  readonly directTls: boolean;
}

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Asks for SRV records. @returns none where the name has none. */
export type SrvLookup = (name: string) => Promise<readonly SrvRecord[]>;

const MAX_TARGETS = 10; // S-085
const DEFAULT_PORT = 5222;

/**
 * @returns the places to try, in order; direct TLS first (S-082).
 * @throws LinkError `server-not-found` where the domain says that it has no such service.
 */
export async function findTargets(
  domain: string,
  random: RandomSource,
  lookUp: SrvLookup = lookUpSrv,
): Promise<readonly Target[]> {
  const host = asciiDomain(domain);
  if (isIP(domain) !== 0) return [{ host: domain, port: DEFAULT_PORT, directTls: false }];
  const [direct, upgraded] = await Promise.all([
    lookUp(`_xmpps-client._tcp.${host}`),
    lookUp(`_xmpp-client._tcp.${host}`),
  ]);
  const fallback: Target[] = upgraded.length === 0 ? [{ host, port: DEFAULT_PORT, directTls: false }] : [];
  const targets = [...inOrder(direct, true, random), ...inOrder(upgraded, false, random), ...fallback];
  if (targets.length === 0) throw new LinkError('server-not-found', 'the domain offers no XMPP service');
  return targets.slice(0, MAX_TARGETS);
}

/** The domain as DNS and certificates write it: with letters beyond ASCII in Punycode. */
export function asciiDomain(domain: string): string {
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : domain;
}

/** By priority, and by chance in proportion to weight within one (RFC 2782). A single "." means: not here. */
function inOrder(records: readonly SrvRecord[], directTls: boolean, random: RandomSource): Target[] {
  const lots = records
    .filter(({ name }) => name !== '' && name !== '.')
    .map((record) => ({ record, lot: drawLot(record, random) }));
  lots.sort((a, b) => a.record.priority - b.record.priority || a.lot - b.lot);
  return lots.map(({ record }) => ({ host: record.name, port: record.port, directTls }));
}

/** Sorting by these gives each order the probability that drawing by weight without return gives it. */
function drawLot({ weight }: SrvRecord, random: RandomSource): number {
  const [octet0 = 0, octet1 = 0, octet2 = 0] = random.bytes(3);
  const fraction = (1 + octet0 + 256 * octet1 + 65_536 * octet2) / 2 ** 24;
  return -Math.log(fraction) / Math.max(weight, 0.001);
}

async function lookUpSrv(name: string): Promise<readonly SrvRecord[]> {
  // A resolver that fails is a resolver that knows none: the domain itself is tried then, and tells more.
  return resolveSrv(name).catch(() => []);
}
