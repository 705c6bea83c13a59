/** One account whose headless host comes and goes: what all its runs announced, and what it shows in the end. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type {
  Account,
  BacklogProgress,
  Contact,
  Conversation,
  EventName,
  EventPayload,
  Message,
} from '../../preload/contract.ts';
import type { HostFaults } from './faulty-host.ts';
import { startHost, type AnyCommand, type HeadlessClient, type ParamsOf, type ResultOf } from './headless-client.ts';
import type { HostOptions } from './headless-client.ts';
import type { TestServer } from './servers/test-server.ts';

const PASSWORD = 'secret';
const PAGE = 200;
/** A killed client looks online until the server's hibernation time is over. */
const AWAY_MS = 30_000;
const MINUTE_MS = 60_000;
/** The drain looks twice a minute. */
const DRAIN_MS = 45_000;

export type Program = Pick<HostOptions, 'program' | 'programArguments'>;

const FAULTY_HOST = join(import.meta.dirname, 'faulty-host.ts');

/** The host with these faults put in. */
export function hostWith(faults: HostFaults): Program {
  return { program: FAULTY_HOST, programArguments: [JSON.stringify(faults)] };
}

export class HostedAccount {
  readonly address: string;
  /** Every run so far, the present one last. */
  readonly runs: HeadlessClient[] = [];
  readonly profile: string;
  readonly #server: TestServer;

  constructor(server: TestServer, name: string, profile: string) {
    this.#server = server;
    this.profile = profile;
    this.address = `${name}@${server.domain}`;
  }

  /** The present run. */
  get host(): HeadlessClient {
    const host = this.runs.at(-1);
    if (host === undefined) throw new TypeError('not started');
    return host;
  }

  async start(program: Program = {}): Promise<HeadlessClient> {
    const host = await startHost({ profile: this.profile, server: this.#server, ...program });
    this.runs.push(host);
    return host;
  }

  signIn(): Promise<Account> {
    return this.host.call('account.signIn', { address: this.address, password: PASSWORD });
  }

  /** As after a restart of the program: another process on the same profile. */
  async startAndSignIn(program: Program = {}): Promise<void> {
    await this.start(program);
    await this.signIn();
  }

  call<C extends AnyCommand>(command: C, params: ParamsOf<C>, timeoutMs?: number): Promise<ResultOf<C>> {
    return this.host.call(command, params, timeoutMs);
  }

  /** Everything announced under that name, over all runs. */
  announced<E extends EventName>(event: E): readonly EventPayload<E>[] {
    const events = this.runs.flatMap((run) => run.events);
    return events.filter((one) => one.event === event).map((one) => one.payload as EventPayload<E>);
  }

  /** The whole conversation, oldest first. */
  async messagesWith(other: string): Promise<readonly Message[]> {
    const messages: Message[] = [];
    for (;;) {
      const before = messages[0]?.id;
      const page = { with: other, limit: PAGE, ...(before === undefined ? {} : { before }) };
      const older = await this.call('messages.list', page);
      messages.unshift(...older);
      if (older.length < PAGE) return messages;
    }
  }

  async conversationWith(other: string): Promise<Conversation | undefined> {
    const conversations = await this.call('conversations.list', {});
    return conversations.find((one) => one.with === other);
  }

  /** Leaves with the backup key out, as `Leave now` does. */
  async leave(): Promise<void> {
    await this.readyToLeave();
    await this.call('leaving.leaveNow', {});
  }

  readyToLeave(): Promise<unknown> {
    return this.host.waitUntil('leaving.state', {}, ({ backupKey }) => backupKey?.confirmed === true);
  }

  /** Waits until the letters that waited in this run are all opened. */
  backlogEnded(timeoutMs?: number): Promise<BacklogProgress> {
    return this.host.waitFor('backlog.progress', ({ finished }) => finished, timeoutMs);
  }

  /** Lets the drain's quiet time pass, and waits until the away key is deleted. */
  async drained(): Promise<void> {
    // More than once: what just arrived may hold the first look up.
    for (const minutes of [11, 12, 13]) {
      await this.call('host.setClockOffset', { ms: minutes * MINUTE_MS, elapsed: true });
      const { awayKey } = await this.call('leaving.state', {});
      if (awayKey?.deletedAt !== undefined) return;
    }
    await this.host.waitUntil('leaving.state', {}, ({ awayKey }) => awayKey?.deletedAt !== undefined, DRAIN_MS);
  }

  /** Waits until the contact is away and a letter can be sealed for one of these states. */
  seesAway(other: HostedAccount, states: readonly Contact['state'][] = ['C3']): Promise<unknown> {
    const isThere = (contact: Contact): boolean =>
      contact.address === other.address && contact.presence === 'away' && states.includes(contact.state);
    return this.host.waitUntil('contacts.list', {}, (contacts) => contacts.some(isThere), AWAY_MS);
  }

  /** Ends what runs, and removes the profile. */
  async remove(): Promise<void> {
    await this.runs.at(-1)?.kill();
    await rm(this.profile, { recursive: true, force: true });
  }
}

/** Makes the account on the server, starts its host and signs in. */
export async function startAccount(server: TestServer, name: string, program: Program = {}): Promise<HostedAccount> {
  await server.addUser(name, PASSWORD);
  const account = new HostedAccount(server, name, await mkdtemp(join(tmpdir(), 'nightlatch-host-')));
  await account.startAndSignIn(program);
  return account;
}

/** Makes two signed-in accounts each other's contacts. */
export async function befriendAccounts(first: HostedAccount, second: HostedAccount): Promise<void> {
  await first.call('contacts.add', { address: second.address });
  const asked = (contact: Contact): boolean => contact.address === first.address && contact.request === 'incoming';
  await second.host.waitUntil('contacts.list', {}, (contacts) => contacts.some(asked));
  await second.call('contacts.accept', { address: first.address });
  await Promise.all([seesBoth(first, second), seesBoth(second, first)]);
}

function seesBoth(one: HostedAccount, other: HostedAccount): Promise<unknown> {
  const isBoth = (contact: Contact): boolean => contact.address === other.address && contact.subscription === 'both';
  return one.host.waitUntil('contacts.list', {}, (contacts) => contacts.some(isBoth));
}

/** Alice and Bob, signed in, each other's contacts. */
export async function startAliceAndBob(server: TestServer): Promise<readonly [HostedAccount, HostedAccount]> {
  const [alice, bob] = await Promise.all([startAccount(server, 'alice'), startAccount(server, 'bob')]);
  await befriendAccounts(alice, bob);
  return [alice, bob];
}
