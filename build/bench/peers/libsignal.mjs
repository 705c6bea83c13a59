/**
 * Two people over Signal's own library, as it is meant to be used: in-memory stores, keys made ahead of time, messages as
 * octets. What `live` is measured beside.
 */
import {
  CiphertextMessageType,
  IdentityChange,
  IdentityKeyPair,
  IdentityKeyStore,
  KEMKeyPair,
  KyberPreKeyRecord,
  KyberPreKeyStore,
  PreKeyBundle,
  PreKeyRecord,
  PreKeySignalMessage,
  PreKeyStore,
  PrivateKey,
  processPreKeyBundle,
  ProtocolAddress,
  SessionRecord,
  SessionStore,
  signalDecrypt,
  signalDecryptPreKey,
  signalEncrypt,
  SignalMessage,
  SignedPreKeyRecord,
  SignedPreKeyStore,
} from '@signalapp/libsignal-client';

/** Two people who have not met: each time new ones, with keys that are already there. */
export function meet() {
  return [new Person('alice', 1), new Person('bob', 2)];
}

/** A session both ways: the first takes the other's published keys, writes, and is answered. */
export async function negotiate([one, other]) {
  await processPreKeyBundle(other.bundle, other.address, one.address, one.sessions, one.identities);
  await pass(one, other, FIRST);
  await pass(other, one, FIRST);
}

/** That many messages each way, in turn, each read from the octets that the other wrote. */
export async function talk([one, other], count, octets) {
  for (let at = 0; at < count; at += 1) {
    await pass(one, other, octets);
    await pass(other, one, octets);
  }
}

const FIRST = Buffer.from('hello');

async function pass(from, to, octets) {
  const sealed = await signalEncrypt(octets, to.address, from.address, from.sessions, from.identities);
  const sent = sealed.serialize();
  const opened =
    sealed.type() === CiphertextMessageType.PreKey
      ? await to.openFirst(PreKeySignalMessage.deserialize(sent), from)
      : await signalDecrypt(SignalMessage.deserialize(sent), from.address, to.address, to.sessions, to.identities);
  if (opened.length !== octets.length) throw new Error('another text');
}

class Person {
  constructor(name, registrationId) {
    const identity = IdentityKeyPair.generate();
    const [preKey, signedPreKey] = [PrivateKey.generate(), PrivateKey.generate()];
    const kyberPair = KEMKeyPair.generate();
    const signed = identity.privateKey.sign(signedPreKey.getPublicKey().serialize());
    const kyberSigned = identity.privateKey.sign(kyberPair.getPublicKey().serialize());
    this.address = ProtocolAddress.new(name, 1);
    this.sessions = new Sessions();
    this.identities = new Identities(identity, registrationId);
    this.preKeys = new PreKeys(PreKeyRecord.new(ID, preKey.getPublicKey(), preKey));
    this.signedPreKeys = new SignedPreKeys(
      SignedPreKeyRecord.new(ID, TIME, signedPreKey.getPublicKey(), signedPreKey, signed),
    );
    this.kyberPreKeys = new KyberPreKeys(KyberPreKeyRecord.new(ID, TIME, kyberPair, kyberSigned));
    this.bundle = PreKeyBundle.new(
      ...[registrationId, 1, ID, preKey.getPublicKey(), ID, signedPreKey.getPublicKey(), signed, identity.publicKey],
      ...[ID, kyberPair.getPublicKey(), kyberSigned],
    );
  }

  openFirst(message, from) {
    return signalDecryptPreKey(
      ...[message, from.address, this.address, this.sessions, this.identities],
      ...[this.preKeys, this.signedPreKeys, this.kyberPreKeys],
    );
  }
}

const ID = 1;
const TIME = Date.now();

class Sessions extends SessionStore {
  #record = null;

  async saveSession(_name, record) {
    this.#record = record.serialize();
  }

  async getSession() {
    return this.#record === null ? null : SessionRecord.deserialize(this.#record);
  }

  async getExistingSessions() {
    const record = await this.getSession();
    return record === null ? [] : [record];
  }
}

class Identities extends IdentityKeyStore {
  #known = null;

  constructor(pair, registrationId) {
    super();
    this.pair = pair;
    this.registrationId = registrationId;
  }

  async getIdentityKey() {
    return this.pair.privateKey;
  }

  async getLocalRegistrationId() {
    return this.registrationId;
  }

  async saveIdentity(_name, key) {
    this.#known = key;
    return IdentityChange.NewOrUnchanged;
  }

  async isTrustedIdentity() {
    return true;
  }

  async getIdentity() {
    return this.#known;
  }
}

class PreKeys extends PreKeyStore {
  constructor(record) {
    super();
    this.record = record;
  }

  async savePreKey() {}

  async getPreKey() {
    return this.record;
  }

  async removePreKey() {}
}

class SignedPreKeys extends SignedPreKeyStore {
  constructor(record) {
    super();
    this.record = record;
  }

  async saveSignedPreKey() {}

  async getSignedPreKey() {
    return this.record;
  }
}

class KyberPreKeys extends KyberPreKeyStore {
  constructor(record) {
    super();
    this.record = record;
  }

  async saveKyberPreKey() {}

  async getKyberPreKey() {
    return this.record;
  }

  async markKyberPreKeyUsed() {}
}
