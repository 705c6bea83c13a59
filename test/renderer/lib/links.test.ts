import { describe, expect, it } from 'vitest';
import { hostOf, linksIn, targetOf } from '../../../renderer/lib/links.ts';
import { runsWithLinks } from '../../../renderer/lib/plain-text.ts';

const found = (text: string) => linksIn(text).map(({ start, end }) => text.slice(start, end));

describe('linksIn (security.md S-131, S-140)', () => {
  it('finds https addresses as they are written, without what follows a sentence', () => {
    expect(found('see https://example.org/a?b=(c), and https://example.net.')).toEqual([
      'https://example.org/a?b=(c)',
      'https://example.net',
    ]);
  });

  it.each([
    'http://example.org/',
    'www.example.org',
    'example.org',
    'javascript:alert(1)//https:',
    'file:///etc/passwd',
    'data:text/html,https',
    'ftp://example.org/',
    'xmpp:bob@example.org?message',
    'mailto:bob@example.org',
    'https://',
    'https://user@example.org/',
    'https://user:word@example.org/',
    'HTTPS://example.org/',
    `https://example.org/${'a'.repeat(2_100)}`,
  ])('S-140 leaves %s as the text it is', (text) => {
    expect(linksIn(text)).toEqual([]);
  });

  it('S-140 shows the host in ASCII, whatever its letters look like', () => {
    const target = targetOf('https://ex\u0430mple.org/login') ?? '';
    expect(hostOf(target)).toMatch(/^xn--/);
    expect(target).toMatch(/^https:\/\/xn--/);
  });

  it('S-140 ends a link where a character turns the direction of writing', () => {
    const runs = runsWithLinks('https://example.org/\u202egpj.exe');
    expect(runs.map(({ kind }) => kind)).toEqual(['link', 'mark', 'text']);
    expect(runs[0]).toMatchObject({ target: 'https://example.org/' });
  });

  it('gives the text back, run for run', () => {
    const text = 'a https://example.org b https://example.net/c';
    const joined = runsWithLinks(text).map((run) => (run.kind === 'mark' ? '' : run.text));
    expect(joined.join('')).toBe(text);
  });
});
