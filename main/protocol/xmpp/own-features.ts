/** What this program says it can do: what works today, and nothing else (ruling 19). */
import { NS } from '../../wire/namespaces.ts';
import type { DiscoInfo } from './disco-info.ts';

/** Where people find out about the program; also the name under which its capabilities are announced. */
export const CLIENT_NODE = 'https://nightlatch.im';

/** XEP-0131 §3.2: the headers understood, asked for at the node of the SHIM namespace. */
export const SHIM_HEADERS: readonly string[] = [`${NS.shim}#Created`];

export const OWN_INFO: DiscoInfo = {
  identities: [{ category: 'client', type: 'pc', name: 'Nightlatch' }],
  features: [
    NS.caps,
    NS.discoInfo,
    NS.discoItems,
    NS.shim,
    NS.offline,
    NS.encrypted,
    NS.form,
    NS.featureNeg,
    NS.esession,
    NS.ssn,
    NS.delay,
    NS.ping,
    NS.pubkey,
    NS.receipts,
  ],
  forms: [],
};
