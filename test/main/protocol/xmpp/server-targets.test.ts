import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../../main/crypto/random.ts';
import { asciiDomain, findTargets } from '../../../../main/protocol/xmpp/server-targets.ts';
import type { SrvLookup, SrvRecord } from '../../../../main/protocol/xmpp/server-targets.ts';

function record(name: string, port: number, priority = 0, weight = 0): SrvRecord {
  return { name, port, priority, weight };
}

/** Names of what is asked go to `asked`. */
function lookup(records: Readonly<Record<string, readonly SrvRecord[]>>, asked: string[] = []): SrvLookup {
  return (name) => {
    asked.push(name);
    return Promise.resolve(records[name] ?? []);
  };
}

const DIRECT = '_xmpps-client._tcp.example.org';
const UPGRADED = '_xmpp-client._tcp.example.org';

describe('findTargets (RFC 6120 3.2, XEP-0368)', () => {
  it('falls back to the domain itself', async () => {
    const targets = await findTargets('example.org', systemRandom, lookup({}));

    expect(targets).toEqual([{ host: 'example.org', port: 5222, directTls: false }]);
  });

  it('tries direct TLS first, then STARTTLS, each by priority', async () => {
    const records = {
      [DIRECT]: [record('d2', 443, 20), record('d1', 5223, 10)],
      [UPGRADED]: [record('u1', 5222, 0)],
    };

    const targets = await findTargets('example.org', systemRandom, lookup(records));

    expect(targets).toEqual([
      { host: 'd1', port: 5223, directTls: true },
      { host: 'd2', port: 443, directTls: true },
      { host: 'u1', port: 5222, directTls: false },
    ]);
  });

  it('obeys a domain that says it has no such service', async () => {
    const none = { [DIRECT]: [record('.', 0)], [UPGRADED]: [record('', 0)] };

    await expect(findTargets('example.org', systemRandom, lookup(none))).rejects.toMatchObject({
      code: 'server-not-found',
    });
    expect(await findTargets('example.org', systemRandom, lookup({ [DIRECT]: [record('.', 0)] }))).toHaveLength(1);
  });

  it('takes ten at most, and asks for nothing but the two records of the account’s domain', async () => {
    const many = Array.from({ length: 30 }, (_none, index) => record(`h${index}`, 5222));
    const asked: string[] = [];

    const targets = await findTargets('bücher.example', systemRandom, lookup({}, asked));
    const limited = await findTargets('example.org', systemRandom, lookup({ [UPGRADED]: many }));

    expect(limited).toHaveLength(10);
    expect(asked).toEqual(['_xmpps-client._tcp.xn--bcher-kva.example', '_xmpp-client._tcp.xn--bcher-kva.example']);
    expect(targets).toEqual([{ host: 'xn--bcher-kva.example', port: 5222, directTls: false }]);
  });

  it('prefers by weight, and now and then the lighter one', async () => {
    const records = { [UPGRADED]: [record('light', 1, 0, 1), record('heavy', 2, 0, 9)] };
    const first = { light: 0, heavy: 0 };

    for (let count = 0; count < 400; count += 1) {
      const [target] = await findTargets('example.org', systemRandom, lookup(records));
      first[target?.host === 'light' ? 'light' : 'heavy'] += 1;
    }

    expect(first.light).toBeGreaterThan(0);
    expect(first.heavy).toBeGreaterThan(4 * first.light);
  });

  it('asks nobody about an address that is a number', async () => {
    const asked: string[] = [];

    expect(await findTargets('127.0.0.1', systemRandom, lookup({}, asked))).toHaveLength(1);
    expect(asked).toEqual([]);
  });
});

describe('asciiDomain', () => {
  it.each([
    ['example.org', 'example.org'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['127.0.0.1', '127.0.0.1'],
  ])('writes %s as %s', (domain, ascii) => {
    expect(asciiDomain(domain)).toBe(ascii);
  });
});
