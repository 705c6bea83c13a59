/** The contract's commands over the services (docs/contract.md). Parameters have passed their schema already. */
import type { Api, Contact, Message, Session } from '../../preload/contract.ts';
import { CommandError, toCommandError } from '../services/command-error.ts';
import { cleanText } from '../wire/xml-text.ts';
import type { BareJid } from '../wire/jid.ts';
import { addressIn } from './addresses.ts';
import type { Composition } from './messenger.ts';
import type { Services } from './services.ts';
import { changePreferences, readPreferences } from './settings.ts';
import { describeDiagnostics } from './diagnostics.ts';
import type { Views } from './views.ts';

/** What of a host's composition commands reach directly. */
export type Outside = Pick<Composition, 'settings' | 'links'>;

export function createApi(services: Services, views: Views, outside: Outside): Api {
  const { settings } = outside;
  const { availability, contacts, checks, trust, conversations, outgoing, ownKey } = services;
  const contactView = (address: BareJid): Contact => views.contact(contacts.get(address));
  const messageView = (id: string): Message => {
    const message = services.stores.messages.get(id);
    if (message === undefined) throw new CommandError('no-such-message', 'There is no such message.');
    return views.message(message);
  };
  const api: Api = {
    'account.signIn': async (params) => {
      await availability.signIn(params);
      return views.account();
    },
    'account.signOut': async () => {
      views.requireAccount();
      await availability.signOut();
      return views.leaving();
    },
    'account.state': () => Promise.resolve(views.account()),

    'leaving.state': () => Promise.resolve(views.leaving()),
    'leaving.leaveNow': async () => {
      views.requireAccount();
      await availability.leave();
      return views.leaving();
    },
    'leaving.comeBack': async () => {
      await availability.comeBack();
      return views.account();
    },
    'leaving.setPolicy': async (params) => {
      const account = availability.account();
      services.stores.account.put({ ...account, policy: { ...account.policy, ...params } });
      if (availability.state.kind === 'online') await services.comingOnline.applyPolicy();
      return views.leaving();
    },
    'leaving.renewBackupKey': async () => {
      requireOnline(services);
      const unfit = await services.publications.ensureBackup(true);
      if (unfit.length > 0) throw new CommandError('server-unfit', 'Your server cannot keep keys for you.');
      return views.leaving();
    },
    'leaving.destroyKeys': async () => {
      await services.comingOnline.destroyKeys(availability.link);
      return views.leaving();
    },

    'contacts.list': () => Promise.resolve(contacts.all().map((contact) => views.contact(contact))),
    'contacts.refresh': async ({ address }) => {
      const bare = readAddress(address);
      requireOnline(services);
      contacts.ensure(bare);
      await checks.checkAnew(bare);
      outgoing.pump(bare);
      return contactView(bare);
    },
    'contacts.add': async ({ address, name }) => {
      const bare = readAddress(address);
      await contacts.add(bare, name);
      checks.queue([bare]);
      return contactView(bare);
    },
    'contacts.accept': async ({ address }) => {
      const bare = readAddress(address);
      await contacts.accept(bare);
      return contactView(bare);
    },
    'contacts.remove': async ({ address }) => {
      await contacts.remove(readAddress(address));
      return {};
    },
    'contacts.block': async ({ address }) => {
      const bare = readAddress(address);
      outgoing.endSession(bare);
      await contacts.setBlocked(bare, true);
      return {};
    },
    'contacts.unblock': async ({ address }) => {
      await contacts.setBlocked(readAddress(address), false);
      return {};
    },

    'conversations.list': () => Promise.resolve(conversations.list().map((one) => views.conversation(one))),

    'conversations.mute': ({ with: address, muted }) =>
      attempt(() => {
        views.requireAccount();
        services.muting.mute(readAddress(address), muted);
        return {};
      }),
    'drafts.list': () => attempt(() => services.drafts.all().map(([address, text]) => ({ with: address, text }))),
    'drafts.keep': ({ with: address, text }) =>
      attempt(() => {
        views.requireAccount();
        services.drafts.keep(readAddress(address), text);
        return {};
      }),
    'links.take': () => Promise.resolve(outside.links?.take() ?? null),

    'messages.send': async ({ to, text, unencrypted }) => {
      views.requireAccount();
      return views.message(await outgoing.send(readAddress(to), text, unencrypted === true));
    },
    'messages.list': ({ with: address, before, limit }) =>
      attempt(() => conversations.messages(readAddress(address), before, limit).map((one) => views.message(one))),
    'messages.search': async ({ query, with: address }) => {
      const found = await conversations.search(query, address === undefined ? undefined : readAddress(address));
      return found.map((one) => views.message(one));
    },
    'messages.markRead': ({ with: address, upTo }) =>
      attempt(() => {
        conversations.markRead(readAddress(address), upTo);
        return {};
      }),
    'messages.retry': async ({ id }) => {
      await outgoing.retry(id);
      return messageView(id);
    },
    'messages.discard': ({ id }) =>
      attempt(() => {
        outgoing.discard(id);
        return {};
      }),

    'keys.own': () => ownKey.codes(),
    'keys.of': ({ address }) => attempt(() => trust.all(readAddress(address)).map((key) => views.key(key))),
    'keys.decide': ({ address, fingerprint, decision }) =>
      attempt(() => {
        const bare = readAddress(address);
        trust.decide(bare, fingerprint, decision);
        services.verification.decided(bare, fingerprint, decision);
        conversations.decided(bare, fingerprint, decision === 'refused');
        outgoing.pump(bare);
        return contactView(bare);
      }),

    'keys.setPetname': ({ address, fingerprint, petname }) =>
      attempt(() => {
        const bare = readAddress(address);
        trust.setPetname(bare, fingerprint, cleanText(petname).trim());
        return contactView(bare);
      }),

    'keys.export': async ({ passphrase }) => {
      views.requireAccount();
      return { text: await services.keyReplacement.export(passphrase) };
    },
    'keys.import': async ({ text, passphrase }) => {
      views.requireAccount();
      await services.keyReplacement.import(text, passphrase);
      return ownKey.codes();
    },
    'keys.replace': async () => {
      views.requireAccount();
      await services.keyReplacement.replace();
      return ownKey.codes();
    },
    'sessions.start': async ({ address }) => {
      const bare = readAddress(address);
      requireOnline(services);
      await services.verification.start(bare);
      return requireSession(views.session(bare));
    },
    'sessions.end': ({ address }) =>
      attempt(() => {
        const bare = readAddress(address);
        requireSession(views.session(bare));
        outgoing.endSession(bare);
        return {};
      }),
    'sessions.of': ({ address }) => attempt(() => views.session(readAddress(address))),
    'sessions.confirmSpokenCode': ({ address, matches }) =>
      attempt(() => {
        const bare = readAddress(address);
        const fingerprint = services.verification.confirmSpokenCode(bare, matches);
        if (matches) conversations.decided(bare, fingerprint, false);
        if (matches) outgoing.pump(bare);
        return contactView(bare);
      }),

    'sessions.dismissReminder': ({ address }) =>
      attempt(() => {
        const bare = readAddress(address);
        services.verification.dismissReminder(bare);
        return requireSession(views.session(bare));
      }),

    'settings.state': () => attempt(() => readPreferences(settings)),
    'settings.change': (changes) => attempt(() => changePreferences(settings, changes)),

    'diagnostics.report': () => Promise.resolve({ text: describeDiagnostics(services) }),
  };
  return translateErrors(api);
}

/** Every failure leaves as a CommandError with a code of the closed list; nothing else crosses. */
function translateErrors(api: Api): Api {
  const entries = Object.entries(api).map(([name, run]) => [
    name,
    async (params: never): Promise<unknown> => {
      try {
        return await (run as (given: never) => Promise<unknown>)(params);
      } catch (error) {
        throw toCommandError(error);
      }
    },
  ]);
  return Object.fromEntries(entries) as Api;
}

/** Runs what throws synchronously as a promise. */
function attempt<T>(run: () => T): Promise<T> {
  return Promise.resolve().then(run);
}

function readAddress(text: string): BareJid {
  const address = addressIn(text);
  if (address === undefined) throw new CommandError('bad-address', 'An address looks like name@example.org.');
  return address;
}

function requireSession(session: Session | null): Session {
  if (session === null) throw new CommandError('no-session', 'There is no session with this contact.');
  return session;
}

function requireOnline(services: Services): void {
  if (services.availability.state.kind !== 'online') throw new CommandError('not-signed-in', 'You are offline.');
}
