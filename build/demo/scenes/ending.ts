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

  const troubles = people.flatMap(troublesOf);
  for (const trouble of troubles) transcript.note(trouble);
  checks.add(
    'Nothing went wrong on the way',
    troubles.length === 0,
    `${count(troubles.length, 'alert')} or errors raised`,
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

/** What a person's programs complained about, in one line each. */
export function troublesOf({ name, hosts }: Person): readonly string[] {
  return hosts.flatMap(({ events, stray, log }) => [
    ...events.flatMap((one) => (one.event === 'alerts.raised' ? [`${name} is told: ${one.payload.text}`] : [])),
    ...(log.match(/^nightlatch: (?:program-error|command-failed|quit-deadline).*$/gm) ?? []).map(
      (line) => `${name}’s program failed: ${line}`,
    ),
    ...stray.map((line) => `${name}’s program wrote what is not JSON-RPC: ${line}`),
  ]);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
