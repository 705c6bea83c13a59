import type { CommandLine } from 'electron';

/** Switches that take a wall away (S-138). */
const DANGEROUS = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'inspect',
  'inspect-brk',
  'inspect-port',
  'js-flags',
  'load-extension',
  'disable-extensions-except',
  'disable-web-security',
  'disable-site-isolation-trials',
  'allow-running-insecure-content',
  'ignore-certificate-errors',
  'ignore-certificate-errors-spki-list',
  'allow-insecure-localhost',
  'proxy-server',
  'proxy-pac-url',
  'host-rules',
  'host-resolver-rules',
  'password-store',
  'user-data-dir',
] as const;

/** These end the start of an unpackaged program too (S-123), but where its own test says it must run as root. */
const SANDBOX = ['no-sandbox', 'disable-gpu-sandbox', 'no-zygote', 'disable-setuid-sandbox'] as const;

/** @returns the switch for which the program must not start. */
export function findDangerousSwitch(
  commandLine: Pick<CommandLine, 'hasSwitch'>,
  p: { readonly isPackaged: boolean; readonly rootTest: boolean },
): string | undefined {
  const refused = [...(p.isPackaged ? DANGEROUS : []), ...(p.isPackaged || !p.rootTest ? SANDBOX : [])];
  return refused.find((name) => commandLine.hasSwitch(name));
}

/**
 * Whether the environment tells Node to believe every certificate (S-083). The link checks them whatever it says, but a
 * program that was told not to must not look as if it did. What would add authorities or options is a fuse's matter.
 */
export function isVerificationOff(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['NODE_TLS_REJECT_UNAUTHORIZED'] === '0';
}

/** Chromium's own conversations with the network (S-142). */
export function quietChromium(commandLine: Pick<CommandLine, 'appendSwitch'>): void {
  for (const name of ['disable-background-networking', 'disable-component-update', 'disable-domain-reliability']) {
    commandLine.appendSwitch(name);
  }
}
