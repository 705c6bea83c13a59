import { existsSync } from 'node:fs';
import type { Person } from '../person.ts';
import type { Stage } from '../stage.ts';
import { count } from '../wording.ts';

/** Both quit, and the house is searched for what should not have happened. */
export async function end({ publisher, sender, transcript, checks, windows }: Stage): Promise<void> {
  transcript.scene('Both quit');
  const people = [publisher, sender];
  const codes = await Promise.all(people.map((person) => person.host.quit()));
  transcript.note(`Both programs were asked to quit by SIGTERM and ended with ${codes.join(' and ')}.`);
  checks.add(
    'Both programs quit in order',
    codes.every((code) => code === 0),
    `exit codes ${codes.join(' and ')}`,
  );

  const stray = people.flatMap((person) => strayOf(person));
  const programErrors = people.flatMap((person) =>
    person.hosts.flatMap(({ log }) => log.match(/^.*program-error.*$/gm) ?? []),
  );
  const alerts = people.flatMap((person) => alertsOf(person));
  for (const alert of alerts) transcript.note(`An alert was raised: ${alert}`);
  for (const line of [...stray, ...programErrors]) transcript.note(line);
  const isQuiet = stray.length + programErrors.length + alerts.length === 0;
  checks.add(
    'Nothing went wrong on the way',
    isQuiet,
    `${count(alerts.length, 'alert')}, ${count(programErrors.length, 'program error')}`,
  );

  if (windows === undefined) return;
  for (const complaint of windows.complaints) transcript.note(`A window complained: ${complaint}`);
  const hasAll = windows.complaints.length === 0 && windows.files.length > 0;
  checks.add(
    'The windows show the same badges',
    hasAll,
    `${count(windows.files.length, 'picture')}, ${count(windows.complaints.length, 'complaint')}`,
  );
}

/** After everything was ended: no process of ours, no folder. */
export function proveClean({ publisher, sender, folder, server, checks }: Stage): void {
  const running = [publisher, sender].flatMap(({ hosts }) => hosts).filter(({ pid }) => isRunning(pid));
  const left = [folder, server.dataDir].filter((path) => existsSync(path));
  const isClean = running.length + left.length === 0;
  checks.add(
    'Nothing is left behind',
    isClean,
    `${count(running.length, 'process', 'processes')}, ${count(left.length, 'folder')}`,
  );
}

function strayOf({ hosts }: Person): readonly string[] {
  return hosts.flatMap(({ stray }) => stray.map((line) => `Not JSON-RPC on standard output: ${line}`));
}

function alertsOf({ hosts }: Person): readonly string[] {
  return hosts.flatMap(({ events }) =>
    events.flatMap((one) => (one.event === 'alerts.raised' ? [`${one.payload.code}: ${one.payload.text}`] : [])),
  );
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
