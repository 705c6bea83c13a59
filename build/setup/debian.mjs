/** Programs that come from Debian's packages. Runs on Node 20 without any package. */
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { EXIT_UNAVAILABLE, runQuietly, say, tail } from './run.mjs';

/**
 * Something a command needs: there is no need to install `package` if the probe finds it.
 *
 * @typedef {{ package: string, service?: string, isThere: (probe: Probe) => boolean }} Need
 * @typedef {{ program: (name: string) => boolean, file: (path: string) => boolean, setting: (name: string) => boolean }} Probe
 */

/** @type {Readonly<Record<string, Need>>} */
export const NEEDS = {
  openssl: { package: 'openssl', isThere: ({ program }) => program('openssl') },
  prosody: { package: 'prosody', service: 'prosody', isThere: ({ program }) => program('prosodyctl') },
  ejabberd: {
    package: 'ejabberd',
    service: 'ejabberd',
    isThere: ({ program }) => program('ejabberdctl') && program('erl'),
  },
  chromium: {
    package: 'chromium',
    isThere: ({ program, setting }) => setting('CHROMIUM_PATH') || program('chromium') || program('google-chrome'),
  },
  emoji: {
    package: 'fonts-noto-color-emoji',
    isThere: ({ file }) => file('/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf'),
  },
  letters: {
    package: 'fonts-dejavu-core',
    isThere: ({ file }) => file('/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'),
  },
};

/** @typedef {'root' | 'sudo' | 'none'} Permission */

/** @type {Probe} */
const MACHINE = { program: hasProgram, file: existsSync, setting: (name) => (process.env[name] ?? '') !== '' };

/**
 * Installs what is missing. A required one that cannot be had ends the program with code 69 and the exact command;
 * without a wanted one the command goes on.
 *
 * @param {{ required: readonly string[], wanted: readonly string[] }} needs
 */
export function installDebianPackages({ required, wanted }) {
  const missing = missingNeeds([...required, ...wanted], MACHINE);
  if (missing.length === 0) return;
  const failure = install(missing);
  if (failure === undefined) return;
  const isRequired = missingNeeds(required, MACHINE).length > 0;
  if (failure !== '') say(failure);
  say(
    `${isRequired ? 'needed' : 'not there'}: ${names(missing)}. To install: ${installCommand(missing, permission())}`,
  );
  if (isRequired) process.exit(EXIT_UNAVAILABLE);
}

/** @param {readonly string[]} needs @param {Probe} probe @returns {Need[]} */
export function missingNeeds(needs, probe) {
  return needs.map((name) => needNamed(name)).filter((need) => !need.isThere(probe));
}

/** The command as a person would type it. @param {readonly Need[]} needs @param {Permission} allowed */
export function installCommand(needs, allowed) {
  const sudo = allowed === 'root' ? '' : 'sudo ';
  return `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${names(needs)}`;
}

/**
 * The commands that are run. `-o DPkg::Lock::Timeout` waits for another apt instead of failing on its lock.
 *
 * @param {readonly Need[]} needs @param {Permission} allowed @returns {string[][]}
 */
export function installSteps(needs, allowed) {
  const start = allowed === 'root' ? ['env'] : ['sudo', '-n', 'env'];
  const apt = [...start, 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120', '-q'];
  return [
    [...apt, 'update'],
    [...apt, 'install', '-y', '--no-install-recommends', ...needs.map((need) => need.package)],
  ];
}

/** @param {readonly Need[]} needs @returns {string | undefined} undefined if all went well, else what to say */
function install(needs) {
  const allowed = permission();
  if (allowed === 'none' || !hasProgram('apt-get')) return '';
  say(`installing from Debian: ${names(needs)}`);
  for (const [program = '', ...args] of installSteps(needs, allowed)) {
    const { ok, output } = runQuietly(program, args);
    if (!ok) return `${args.slice(-1).join('')}: apt-get failed:\n${tail(output)}`;
  }
  for (const { service } of needs) if (service !== undefined) stopService(service, allowed);
  return undefined;
}

/** A server's package starts its service; ours run on loopback from a temporary folder instead. @param {string} service @param {Permission} allowed */
function stopService(service, allowed) {
  const command = existsSync('/run/systemd/system')
    ? ['systemctl', 'disable', '--now', service]
    : ['service', service, 'stop'];
  const [program = '', ...args] = allowed === 'root' ? command : ['sudo', '-n', ...command];
  runQuietly(program, args);
}

/** @returns {Permission} */
function permission() {
  if (process.getuid?.() === 0) return 'root';
  return hasProgram('sudo') && runQuietly('sudo', ['-n', 'true']).ok ? 'sudo' : 'none';
}

/** Servers live in sbin, which is not in everybody's PATH. @param {string} name */
function hasProgram(name) {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => isExecutable(join(folder, name)));
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false; // absence is the ordinary answer here
  }
}

/** @param {readonly Need[]} needs */
function names(needs) {
  return needs.map((need) => need.package).join(' ');
}

/** @param {string} name @returns {Need} */
function needNamed(name) {
  const need = NEEDS[name];
  if (need === undefined) throw new TypeError(`no such need: ${name}`);
  return need;
}
