/** What runs in a composed messenger, as its API and its views need it. */
import type { Availability } from '../services/availability.ts';
import type { Backlog } from '../services/backlog.ts';
import type { ComingOnline } from '../services/coming-online.ts';
import type { ContactChecks } from '../services/contact-checks.ts';
import type { Contacts } from '../services/contacts.ts';
import type { Conversations } from '../services/conversations.ts';
import type { Drafts } from '../services/drafts.ts';
import type { Announcer, ServiceEvents } from '../services/events.ts';
import type { GoingOffline } from '../services/going-offline.ts';
import type { IgnoredCounts } from '../services/ignored-counts.ts';
import type { KeyReplacement } from '../services/key-replacement.ts';
import type { LetterRows } from '../services/letter-rows.ts';
import type { LiveNegotiations } from '../services/live-negotiations.ts';
import type { LiveSessions } from '../services/live-sessions.ts';
import type { LookAlikes } from '../services/look-alikes.ts';
import type { OfflineKeys } from '../services/offline-keys.ts';
import type { Muting } from '../services/muting.ts';
import type { Outgoing } from '../services/outgoing.ts';
import type { OwnKey } from '../services/own-key.ts';
import type { OwnPublications } from '../services/own-publications.ts';
import type { RetainedSecrets } from '../services/retained-secrets.ts';
import type { SendingSessions } from '../services/sending-sessions.ts';
import type { ServerKnowledge } from '../services/server-knowledge.ts';
import type { Trust } from '../services/trust.ts';
import type { Verification } from '../services/verification.ts';
import type { Stores } from '../stores/stores.ts';

/** Everything that runs, as the API and the views need it. */
export interface Services {
  readonly stores: Stores;
  readonly announcer: Announcer<ServiceEvents>;
  readonly availability: Availability;
  readonly contacts: Contacts;
  readonly lookAlikes: LookAlikes;
  readonly checks: ContactChecks;
  readonly trust: Trust;
  readonly conversations: Conversations;
  readonly drafts: Drafts;
  readonly muting: Muting;
  readonly outgoing: Outgoing;
  readonly sessions: SendingSessions;
  readonly live: LiveSessions;
  readonly negotiations: LiveNegotiations;
  readonly retained: RetainedSecrets;
  readonly verification: Verification;
  readonly keyReplacement: KeyReplacement;
  readonly keys: OfflineKeys;
  readonly ownKey: OwnKey;
  readonly publications: OwnPublications;
  readonly comingOnline: ComingOnline;
  readonly goingOffline: GoingOffline;
  readonly backlog: Backlog;
  readonly server: ServerKnowledge;
  readonly rows: LetterRows;
  readonly ignored: IgnoredCounts;
}
