import process from 'node:process';
import { startModpEngine } from '../../crypto/modp-engine.ts';
import { systemRandom } from '../../crypto/random.ts';
import { createClientLink } from '../../protocol/xmpp/client-link.ts';
import type { LinkFactory } from '../../protocol/xmpp/link.ts';
import { composeMessenger } from '../compose.ts';
import { locateProgramFiles } from '../program-files.ts';
import { openConfSettings } from './conf-settings.ts';
import { startHeadless, type HeadlessParts } from './headless-host.ts';

/** What a test may put in the place of the real thing. */
export interface HeadlessOverrides extends Partial<HeadlessParts> {
  /** Puts something between the link and the messenger, such as a line that fails. */
  readonly wrapLink?: (factory: LinkFactory) => LinkFactory;
}

/**
 * The headless host of this process (docs/contract.md).
 *
 * @param argv - Without the program's own two.
 * @param entryUrl - `import.meta.url` of the entry: the program's other files are found from it.
 * @returns the exit code; the caller ends the process.
 */
export function runHeadless(
  argv: readonly string[],
  overrides: HeadlessOverrides = {},
  entryUrl: string = new URL('./main.ts', import.meta.url).href,
): Promise<number> {
  const { wrapLink, ...given } = overrides;
  const parts: HeadlessParts = { ...systemParts(entryUrl), ...given };
  const createLink = wrapLink === undefined ? parts.createLink : wrapLink(parts.createLink);
  return startHeadless(argv, { ...parts, createLink });
}

function systemParts(entryUrl: string): HeadlessParts {
  return {
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    signals: process,
    random: systemRandom,
    files: locateProgramFiles(entryUrl),
    createLink: createClientLink,
    compose: composeMessenger,
    startModpEngine,
    openSettings: openConfSettings,
  };
}
