/** Types for `esession-vectors.json`, as far as the tests use it. */
import { readFileSync } from 'node:fs';

export interface GroupVector {
  readonly modp: number;
  readonly bits: number;
  readonly p: string;
  readonly x: string;
  readonly e: string;
  readonly eBase64: string;
  readonly He: string;
  readonly y: string;
  readonly d: string;
  readonly Z: string;
  readonly K: string;
}

export type SixKeys = Readonly<Record<'KC_A' | 'KM_A' | 'KS_A' | 'KC_B' | 'KM_B' | 'KS_B', string>>;

export interface IdentityVector {
  readonly macInputHex: string;
  readonly macHex: string;
  readonly signatureHex: string;
  readonly identityPlaintext: string;
  readonly counterBeforeHex: string;
  readonly counterAfterHex: string;
  readonly identityHex: string;
  readonly MHex: string;
  readonly identityBase64: string;
  readonly MBase64: string;
}

export interface MessageVector {
  readonly counterBeforeHex: string;
  readonly counterBytesInMacHex: string;
  readonly KC: string;
  readonly KM: string;
  readonly plaintext: string;
  readonly plaintextHex: string;
  readonly blocks: number;
  readonly mFinalHex: string;
  readonly mContent: string;
  readonly macHex: string;
  readonly counterAfterHex: string;
  readonly cElement: string;
  readonly stanza: string;
}

export interface OfflineVector {
  readonly name: string;
  readonly roles: { readonly initiator: string; readonly responder: string };
  readonly thread: string | null;
  readonly publisher: {
    readonly N_A: string;
    readonly x: Readonly<Record<string, string>>;
    readonly e: Readonly<Record<string, string>>;
    readonly formXml: string;
    readonly formANormalized: string;
    readonly formASha256: string;
    readonly signatureHex: string;
    readonly signatureBase64: string;
    readonly publishIq: string;
  };
  readonly chosen: Readonly<Record<string, string | number>>;
  readonly modp: number;
  readonly cipher: string;
  readonly sender: {
    readonly N_B: string;
    readonly y: string;
    readonly d: string;
    readonly C_A: string;
    readonly C_B: string;
  };
  readonly sharedSecretZ: string;
  readonly K: string;
  readonly keys: SixKeys;
  readonly formBNormalized: string;
  readonly identityB: IdentityVector;
  readonly responseFormXml: string;
  readonly messages: readonly MessageVector[];
}

export interface LiveMessageVector extends Omit<MessageVector, 'plaintext' | 'plaintextHex' | 'mFinalHex'> {
  readonly from: 'A' | 'B';
  /** Null: a stanza without `<data/>`. */
  readonly plaintext: string | null;
  readonly plaintextHex?: string;
  readonly mFinalHex?: string;
}

export interface LiveIdentityVector extends IdentityVector {
  readonly mode: 'key' | 'hash' | 'none';
}

interface LiveVector {
  readonly name: string;
  readonly thread: string;
  readonly modp: number;
  readonly cipher: string;
  readonly N_A: string;
  readonly N_B: string;
  readonly x: Readonly<Record<string, string>>;
  readonly e: Readonly<Record<string, string>>;
  readonly y: string;
  readonly d: string;
  readonly C_A: string;
  readonly C_B: string;
  readonly sharedSecretZ: string;
  readonly formANormalized: string;
  readonly formBNormalized: string;
  readonly formA2Normalized: string;
  readonly identityA: LiveIdentityVector;
  readonly identityB: LiveIdentityVector;
  readonly negotiation: readonly string[];
  readonly messages: readonly LiveMessageVector[];
}

export interface Online3Vector extends LiveVector {
  readonly K: string;
  readonly keys: SixKeys;
  readonly rekey: readonly {
    readonly initiator: 'A' | 'B';
    readonly x: string;
    readonly e: string;
    readonly Z: string;
    readonly keys: Readonly<Record<'KC_init' | 'KM_init' | 'KC_acc' | 'KM_acc', string>>;
  }[];
}

export interface Online4Vector extends LiveVector {
  readonly init_pubkey: 'key' | 'hash' | 'none';
  readonly resp_pubkey: 'key' | 'hash' | 'none';
  readonly He: Readonly<Record<string, string>>;
  readonly K_provisory: string;
  readonly keys_provisory: Readonly<Record<'KC_A' | 'KM_A' | 'KS_A', string>>;
  readonly SRS: string | null;
  readonly OSS: string | null;
  readonly rshashes: readonly string[];
  readonly K_final: string;
  readonly keys_final: Readonly<Record<'KC_A' | 'KM_A' | 'KC_B' | 'KM_B' | 'KS_B', string>>;
  readonly srshash: string;
  readonly newRetainedSecret: string;
  readonly sas: string;
  readonly sasHash: string;
  readonly formB2Normalized: string;
}

export interface KeyVector {
  readonly modulusHex: string;
  readonly exponent: number;
  readonly privateExponentHex: string;
  readonly pkcs8Pem: string;
  readonly keyValueNormalized: string;
  readonly fingerprintSha256Hex: string;
  readonly fingerprintSha256Base64: string;
}

export interface ESessionVectors {
  readonly clock: string;
  readonly groups: readonly GroupVector[];
  readonly leadingZero: readonly (Omit<GroupVector, 'p' | 'bits' | 'y'> & {
    readonly short: string;
    readonly ZOctets: string;
  })[];
  readonly invalidPublicKeys: readonly {
    readonly modp: number;
    readonly why: string;
    readonly value: string;
    readonly base64: string;
  }[];
  readonly keyDerivation: readonly {
    readonly hash: string;
    readonly cipher: string;
    readonly K: string;
    readonly keys: SixKeys;
  }[];
  readonly rekeyDerivation: readonly {
    readonly hash: string;
    readonly cipher: string;
    readonly Z: string;
    readonly keys: Readonly<Record<'KC_init' | 'KM_init' | 'KC_acc' | 'KM_acc', string>>;
  }[];
  readonly counters: readonly {
    readonly case: string;
    readonly key: string;
    readonly counter: string;
    readonly counterOctets: string;
    readonly counterBase64: string;
    readonly xorHalf: string;
    readonly xorHalfOctets: string;
    readonly plaintext: string;
    readonly ciphertext: string;
    readonly counterAfter: string;
  }[];
  readonly normalisation: readonly {
    readonly name: string;
    readonly xml: string;
    readonly drop: readonly string[];
    readonly normalized: string;
  }[];
  readonly normalisationInvalid: readonly { readonly name: string; readonly xml: string }[];
  readonly identities: Readonly<Record<'alice@example.org' | 'bob@example.com', KeyVector>>;
  readonly offline: readonly OfflineVector[];
  readonly online3: readonly Online3Vector[];
  readonly online4: readonly Online4Vector[];
  readonly sas: readonly {
    readonly M_A: string;
    readonly formB: string;
    readonly hash: string;
    readonly lsb24: number;
    readonly sas: string;
  }[];
  readonly mutations: readonly { readonly on: string; readonly what: string; readonly expect: string }[];
}

const file = new URL('esession-vectors.json', import.meta.url);

export const vectors = JSON.parse(readFileSync(file, 'utf8')) as ESessionVectors;
