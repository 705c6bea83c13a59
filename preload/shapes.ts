/**
 * What crosses from the main process to whatever is above it (docs/contract.md): the shapes of values, all plain, so that
 * they survive JSON.
 */
import type {
  AWAY_KEY_DAYS,
  AlertCode,
  BACKUP_KEY_DAYS,
  Badge,
  CONNECTION_PHASES,
  ContactState,
  KeyTrust,
  LeavingStatus,
  MessageState,
  ReasonCode,
  WhoMayWrite,
} from './codes.ts';

/** ISO 8601, UTC, milliseconds: `2026-11-22T08:01:00.000Z`. */
export type Instant = string;
/** A bare address: `alice@example.org`. */
export type Address = string;
export type Nothing = Readonly<Record<string, never>>;

export interface Account {
  readonly state: 'signedOut' | 'connecting' | 'online' | 'offline';
  readonly address?: Address;
  readonly resource?: string;
  readonly reason?: ReasonCode;
  /** What is wrong with the server's certificate, with the reason `certificate`. */
  readonly certificate?: 'expired' | 'other-name' | 'self-made';
  /** When it connects again by itself, while it is offline. */
  readonly retryAt?: Instant;
  /** While connecting. */
  readonly phase?: (typeof CONNECTION_PHASES)[number];
  /** Where to connect instead of what DNS says. */
  readonly place?: Place;
  readonly server?: { readonly features: readonly string[] };
}

export interface Place {
  readonly host: string;
  readonly port: number;
  /** TLS from the first octet, no STARTTLS. */
  readonly directTls: boolean;
}

export interface Policy {
  readonly awayKeyDays: (typeof AWAY_KEY_DAYS)[number];
  readonly backupKeyDays: (typeof BACKUP_KEY_DAYS)[number];
  readonly whoMayWrite: WhoMayWrite;
}

export interface Leaving {
  readonly status: LeavingStatus;
  readonly text: string;
  readonly awayKey?: PublishedKey;
  /** A superseded backup key is not shown. */
  readonly backupKey?: PublishedKey;
  readonly policy: Policy;
}

export interface PublishedKey {
  readonly id: string;
  /** `publishing` also for a publish without an answer, `withdrawn` also while draining. */
  readonly state: 'publishing' | 'published' | 'withdrawn' | 'failed';
  readonly createdAt: Instant;
  readonly publishedAt?: Instant;
  readonly withdrawnAt?: Instant;
  /** When its private values were gone. */
  readonly deletedAt?: Instant;
  readonly expiresAt: Instant;
  /** Read back from the server, and equal. */
  readonly confirmed: boolean;
  /** How many messages came for it. */
  readonly received: number;
  readonly reason?: ReasonCode;
}

export interface Contact {
  readonly address: Address;
  readonly name?: string;
  readonly subscription: 'none' | 'to' | 'from' | 'both';
  readonly request?: 'incoming' | 'outgoing';
  /** `away` when no resource is available. */
  readonly presence: 'here' | 'idle' | 'away';
  readonly blocked: boolean;
  /** `C10` while nothing is known yet. */
  readonly state: ContactState;
  readonly sentence: string;
  readonly until?: Instant;
  readonly key?: { readonly fingerprint: string; readonly trust: KeyTrust };
  /** What the user calls whoever holds that key; shown before `name`. */
  readonly petname?: string;
  /** Why the address must be read letter by letter (S-091); `address` is that of somebody known, with `looks-like`. */
  readonly doubt?: { readonly kind: 'mixed-scripts' | 'disguised' | 'looks-like'; readonly address?: Address };
}

export interface Conversation {
  readonly with: Address;
  readonly name?: string;
  /** As in `Contact`. */
  readonly petname?: string;
  readonly doubt?: Contact['doubt'];
  readonly last?: Message;
  readonly unread: number;
  readonly held: number;
  /** Nobody is told about its messages. */
  readonly muted?: true;
}

/** What was written to someone and not sent. */
export interface Draft {
  readonly with: Address;
  readonly text: string;
}

/** What an `xmpp:` link from outside asks for (S-139); nothing of it is done before a person agrees. */
export interface XmppLink {
  readonly address: Address;
  readonly action: 'message' | 'contact';
  readonly text?: string;
}

export interface Message {
  /** Ours, unique in the profile; of a message we write also the id inside the protected content. */
  readonly id: string;
  readonly with: Address;
  readonly direction: 'in' | 'out';
  readonly text: string | null;
  readonly writtenAt: Instant;
  readonly arrivedAt?: Instant;
  readonly timeCertain: boolean;
  readonly unread?: boolean;
  readonly state?: MessageState;
  readonly badge: Badge;
  readonly details: Details;
}

/** Changes once more when the message's key is deleted. */
export interface Details {
  readonly session: 'live' | 'away' | 'backup' | 'none';
  readonly sentence: string;
  readonly checked: readonly string[];
  readonly notChecked: readonly string[];
  readonly reason?: ReasonCode;
  readonly modp?: number;
  readonly cipher?: string;
  readonly hash?: string;
  readonly signature?: string;
  readonly senderFingerprint?: string;
  readonly senderVerified: boolean;
  readonly senderConfirmed: boolean;
  readonly missingBefore: boolean;
  readonly keyCreatedAt?: Instant;
  readonly keyWithdrawnAt?: Instant;
  readonly keyDeletedAt?: Instant;
  readonly keyExpiresAt?: Instant;
}

export interface Session {
  readonly address: Address;
  readonly kind: 'live' | 'away' | 'backup';
  readonly role: 'initiator' | 'responder';
  readonly startedAt: Instant;
  readonly peerFingerprint?: string;
  readonly spokenCode?: string;
  readonly verified: boolean;
  /** True while the two people should compare the spoken code and have not. */
  readonly compare: boolean;
  readonly modp: number;
  readonly cipher: string;
  readonly hash: string;
}

/** Lower-case hex SHA-256 (protocol.md 4.1), and 60 digits in 12 groups of 5 with one space between. */
export interface OwnKey {
  readonly fingerprint: string;
  readonly safetyCode: string;
}

export interface KnownKey extends OwnKey {
  readonly trust: KeyTrust | 'refused';
  readonly firstSeenAt: Instant;
  readonly verifiedAt?: Instant;
  readonly petname?: string;
}

export interface BacklogProgress {
  readonly done: number;
  readonly total?: number;
  readonly finished: boolean;
  readonly opened: number;
  readonly failed: number;
}

export interface Alert {
  readonly code: AlertCode;
  readonly address?: Address;
  readonly text: string;
}
