/**
 * The headless host with faults put in, run from source: `node faulty-host.ts '{"letters":{"3":"lost"}}' --profile …`.
 * Unlike the real one it ends with whatever error nobody caught, so that no test passes over one.
 */
import process from 'node:process';
import { takeQuitSignals } from '../../main/hosts/quit-signals.ts';
import { runHeadless } from '../../main/hosts/headless/run-headless.ts';
import type { LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { crashingAt, type Crash } from './crash-points.ts';
import { faultyLine, type LineFaults } from './faulty-link.ts';

export interface HostFaults extends LineFaults {
  readonly crash?: Crash;
}

process.umask(0o077);
takeQuitSignals(process);
const [faultsText = '{}', ...argv] = process.argv.slice(2);
const { crash, ...line } = JSON.parse(faultsText) as HostFaults;
const { wrapLink: wrapCrashing = (factory: LinkFactory) => factory, ...parts } =
  crash === undefined ? {} : crashingAt(crash);
const wrapLink = (factory: LinkFactory): LinkFactory => wrapCrashing(faultyLine(line)(factory));
process.exit(await runHeadless(argv, { ...parts, wrapLink }));
