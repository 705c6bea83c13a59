import type { Stage } from '../stage.ts';
import { seconds } from '../wording.ts';

/** Both sign in for the first time and become contacts. */
export async function meet({ publisher, sender, transcript, checks }: Stage): Promise<void> {
  const started = performance.now();
  transcript.scene('Two people meet');
  await Promise.all([publisher, sender].map((person) => person.start()));
  await Promise.all([publisher, sender].map((person) => person.signIn()));
  transcript.tell(publisher.name, `signs in as ${publisher.address}.`);
  transcript.tell(sender.name, `signs in as ${sender.address}.`);
  await becomeContacts(publisher.name, sender.name);
  const [one, other] = await Promise.all([publisher.sees(sender, isHere), sender.sees(publisher, isHere)]);
  const isMutual = one.subscription === 'both' && other.subscription === 'both';
  checks.add(
    'They are each other’s contacts',
    isMutual,
    `signed in and agreed in ${seconds(performance.now() - started)}`,
  );

  const ready = await Promise.all([publisher, sender].map((person) => person.leaving(hasBackupKey)));
  const [leaving] = ready;
  if (leaving !== undefined) transcript.shows(leaving.status, leaving.text);
  const areConfirmed = ready.every(({ backupKey }) => backupKey?.confirmed === true);
  checks.add(
    'A backup key is out before anyone leaves',
    areConfirmed,
    'both read back from the server and found equal',
  );

  async function becomeContacts(nameOfOne: string, nameOfOther: string): Promise<void> {
    await publisher.host.call('contacts.add', { address: sender.address, name: nameOfOther });
    await sender.sees(publisher, ({ request }) => request === 'incoming');
    await sender.host.call('contacts.accept', { address: publisher.address });
    await sender.sees(publisher, ({ subscription }) => subscription === 'both');
    await sender.host.call('contacts.add', { address: publisher.address, name: nameOfOne });
    transcript.tell(sender.name, `accepts ${nameOfOne}’s request. Now each sees when the other comes and goes.`);
  }
}

function isHere({ subscription, presence }: { subscription: string; presence: string }): boolean {
  return subscription === 'both' && presence === 'here';
}

function hasBackupKey({ backupKey }: { backupKey?: { confirmed: boolean } }): boolean {
  return backupKey?.confirmed === true;
}
