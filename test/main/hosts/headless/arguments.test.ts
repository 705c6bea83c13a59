import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readArguments } from '../../../../main/hosts/headless/arguments.ts';
import { makeAuthority } from '../../../support/servers/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'nightlatch-arguments-'));
const { caFile: ca } = await makeAuthority(folder);
const damagedCa = join(folder, 'damaged.pem');
writeFileSync(damagedCa, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n');
const noCa = join(folder, 'no.pem');
writeFileSync(noCa, 'nothing');
afterAll(() => rmSync(folder, { recursive: true }));

describe('readArguments (docs/contract.md)', () => {
  it('reads everything of the usage', () => {
    const argv = ['--profile', '/p', '--stdio', '--browser', '--port', '8123', '--server', 'localhost:5223'];
    expect(readArguments([...argv, '--direct-tls', '--ca', ca, '--passphrase-file=/secret'])).toEqual({
      profile: '/p',
      stdio: true,
      browser: true,
      port: 8123,
      server: { host: 'localhost', port: 5223, directTls: true },
      ca: expect.stringContaining('BEGIN CERTIFICATE') as string,
      passphraseFile: '/secret',
    });
  });

  it('leaves out what was not given', () => {
    expect(readArguments(['--profile', '/p', '--stdio'])).toEqual({
      profile: '/p',
      stdio: true,
      browser: false,
      port: 0,
    });
  });

  it('reads an IPv6 host in brackets', () => {
    const given = readArguments(['--profile', '/p', '--stdio', '--server', '[::1]:5222']);
    expect(given.server).toEqual({ host: '::1', port: 5222, directTls: false });
  });

  it.each([
    [[]],
    [['--stdio']],
    [['--profile', '/p']],
    [['--profile', '', '--stdio']],
    [['--profile', '/p', '--stdio', '--no-tls']],
    [['--profile', '/p', '--stdio', '--insecure']],
    [['--profile', '/p', '--stdio', 'word']],
    [['--profile', '/p', '--profile', '/q', '--stdio']],
    [['--profile', '/p', '--stdio', '--port', '80']],
    [['--profile', '/p', '--browser', '--port', '65536']],
    [['--profile', '/p', '--browser', '--port', '-1']],
    [['--profile', '/p', '--stdio', '--direct-tls']],
    [['--profile', '/p', '--stdio', '--server', 'localhost']],
    [['--profile', '/p', '--stdio', '--server', 'localhost:0']],
    [['--profile', '/p', '--stdio', '--server', '::1:5222']],
    [['--profile', '/p', '--stdio', '--server', 'http://localhost:5222']],
    [['--profile', '/p', '--stdio', '--ca', join(folder, 'missing.pem')]],
    [['--profile', '/p', '--stdio', '--ca', noCa]],
    [['--profile', '/p', '--stdio', '--ca', damagedCa]],
    [['--profile', '/p', '--stdio', '--server']],
  ])('refuses %j', (argv) => {
    expect(() => readArguments(argv)).toThrow(expect.objectContaining({ code: 'bad-arguments' }) as Error);
  });
});
