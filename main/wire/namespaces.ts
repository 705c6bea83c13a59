/** Every namespace and node name used on the wire, in the order of their documents. */
export const NS = {
  client: 'jabber:client',
  stream: 'http://etherx.jabber.org/streams',
  stanzaErrors: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  roster: 'jabber:iq:roster',
  form: 'jabber:x:data', // XEP-0004
  featureNeg: 'http://jabber.org/protocol/feature-neg', // XEP-0020
  discoInfo: 'http://jabber.org/protocol/disco#info', // XEP-0030
  discoItems: 'http://jabber.org/protocol/disco#items',
  addresses: 'http://jabber.org/protocol/address', // XEP-0033
  pubsub: 'http://jabber.org/protocol/pubsub', // XEP-0060
  pubsubOwner: 'http://jabber.org/protocol/pubsub#owner',
  pubsubEvent: 'http://jabber.org/protocol/pubsub#event',
  pubsubErrors: 'http://jabber.org/protocol/pubsub#errors',
  publishOptions: 'http://jabber.org/protocol/pubsub#publish-options',
  nodeConfig: 'http://jabber.org/protocol/pubsub#node_config',
  amp: 'http://jabber.org/protocol/amp', // XEP-0079
  ampErrors: 'http://jabber.org/protocol/amp#errors',
  chatStates: 'http://jabber.org/protocol/chatstates', // XEP-0085
  legacyDelay: 'jabber:x:delay', // XEP-0091
  caps: 'http://jabber.org/protocol/caps', // XEP-0115
  esession: 'http://www.xmpp.org/extensions/xep-0116.html#ns', // also the node of the open set
  esessionInit: 'http://www.xmpp.org/extensions/xep-0116.html#ns-init',
  shim: 'http://jabber.org/protocol/shim', // XEP-0131
  ssn: 'urn:xmpp:ssn', // XEP-0155
  receipts: 'urn:xmpp:receipts', // XEP-0184
  offline: 'http://www.xmpp.org/extensions/xep-0187.html#ns', // also the node of the presence set
  pubkey: 'urn:xmpp:pubkey:2', // XEP-0189, element and node
  blocking: 'urn:xmpp:blocking', // XEP-0191
  streamManagement: 'urn:xmpp:sm:3', // XEP-0198
  ping: 'urn:xmpp:ping', // XEP-0199
  encrypted: 'http://www.xmpp.org/extensions/xep-0200.html#ns',
  time: 'urn:xmpp:time', // XEP-0202
  delay: 'urn:xmpp:delay', // XEP-0203
  carbons: 'urn:xmpp:carbons:2', // XEP-0280
  forward: 'urn:xmpp:forward:0', // XEP-0297
  archive: 'urn:xmpp:mam:2', // XEP-0313
  hints: 'urn:xmpp:hints', // XEP-0334
  stanzaIds: 'urn:xmpp:sid:0', // XEP-0359
  explicitEncryption: 'urn:xmpp:eme:0', // XEP-0380
  oversized: 'https://nightlatch.im/oversized', // ours: see oversized.ts
  dsig: 'http://www.w3.org/2000/09/xmldsig#',
} as const;
