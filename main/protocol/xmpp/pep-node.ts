/** A node of our own, made and kept as wanted (profile 3.1 rules 1 and 2, S-093). */
import { elements } from '../../wire/element.ts';
import { WireError } from '../../wire/wire-error.ts';
import {
  buildConfigure,
  buildConfigureRequest,
  buildCreate,
  compareConfig,
  leastConfig,
  readConfigure,
  wantedConfig,
} from '../../wire/xep0060-pubsub.ts';
import type { AccessModel, NodeConfig } from '../../wire/xep0060-pubsub.ts';
import type { DataForm } from '../../wire/xep0004-data-form.ts';
import { LinkError, StanzaError } from './link.ts';
import type { Link } from './link.ts';

export type EnsureOutcome =
  | { readonly kind: 'ready' }
  /** Nothing must be published there: these fields of its configuration are not as they must be. */
  | {
      readonly kind: 'unfit';
      readonly missing: readonly string[];
      /** The server says itself that others than asked may read the node. */
      readonly isExposed?: true;
    };

type Asking = Pick<Link, 'request'>;

/**
 * Creates the node if there is none, reads its configuration back, and corrects it.
 *
 * @returns `ready` if the access is as asked and the node keeps one item. Notifications are asked to be off too, but
 * a server that does not listen to that does not make the node unfit.
 * @throws LinkError if it could not be found out.
 */
export async function ensureNode(link: Asking, node: string, access: AccessModel): Promise<EnsureOutcome> {
  await createNode(link, node, access);
  const before = await readConfig(link, node);
  if (before === undefined) return { kind: 'unfit', missing: [ACCESS] };
  const { differing } = compareConfig(before, wantedConfig(access));
  if (Object.keys(differing).length === 0) return judge(before, access);
  await configure(link, node, differing);
  const after = await readConfig(link, node);
  return after === undefined ? { kind: 'unfit', missing: [ACCESS] } : judge(after, access);
}

const ACCESS = 'pubsub#access_model';
const SINGLE_ITEM = 'pubsub#max_items';
const KEPT_ITEM = 'pubsub#persist_items';
const ESSENTIAL: readonly string[] = [ACCESS, SINGLE_ITEM, KEPT_ITEM];

function judge(config: DataForm, access: AccessModel): EnsureOutcome {
  const { differing, unlisted } = compareConfig(config, wantedConfig(access));
  const missing = ESSENTIAL.filter((name) => name in differing);
  // Who may read cannot be left to a guess; a server that lists no limit is taken to keep what it was told.
  if (unlisted.includes(ACCESS)) missing.unshift(ACCESS);
  const exposed = ACCESS in differing && { isExposed: true as const };
  return missing.length === 0 ? { kind: 'ready' } : { kind: 'unfit', missing, ...exposed };
}

/** A node that exists is fine, and one that cannot be made will be missed when it is read. */
async function createNode(link: Asking, node: string, access: AccessModel): Promise<void> {
  const refusal = await tryToCreate(link, buildCreate(node, wantedConfig(access)));
  if (refusal !== undefined && TOO_MUCH.has(refusal)) await tryToCreate(link, buildCreate(node, leastConfig(access)));
}

/**
 * ejabberd gives a creation up when another account creates a node at the same moment: its transactions lock each other
 * out, and it says `internal-server-error`. Six attempts were enough for twenty accounts at once.
 */
const ATTEMPTS = 10;

async function tryToCreate(link: Asking, create: ReturnType<typeof buildCreate>): Promise<string | undefined> {
  let refusal = await setQuietly(link, create);
  for (let attempt = 1; refusal === 'internal-server-error' && attempt < ATTEMPTS; attempt += 1) {
    refusal = await setQuietly(link, create);
  }
  return refusal;
}

/** First all of it; where the server takes only all or nothing, what matters. */
async function configure(link: Asking, node: string, differing: NodeConfig): Promise<void> {
  const refusal = await setQuietly(link, buildConfigure(node, differing));
  const essential = Object.fromEntries(Object.entries(differing).filter(([name]) => ESSENTIAL.includes(name)));
  if (refusal !== undefined && Object.keys(essential).length > 0) {
    await setQuietly(link, buildConfigure(node, essential));
  }
}

/** Conditions by which a server says that it does not take all of these fields (profile 3.1 rule 2). */
const TOO_MUCH: ReadonlySet<string> = new Set(['not-acceptable', 'bad-request', 'resource-constraint']);

/** @returns the condition of a refusal, which the reading back will judge; undefined if the server agreed. */
async function setQuietly(link: Asking, payload: ReturnType<typeof buildCreate>): Promise<string | undefined> {
  try {
    await link.request({ type: 'set', payload });
    return undefined;
  } catch (error) {
    if (error instanceof StanzaError) return error.condition;
    throw error;
  }
}

/** @returns undefined if the server does not let us see it, or there is no such node. @throws LinkError */
async function readConfig(link: Asking, node: string): Promise<DataForm | undefined> {
  try {
    const [payload] = elements(await link.request({ type: 'get', payload: buildConfigureRequest(node) }));
    return readConfigure(payload);
  } catch (error) {
    if (error instanceof StanzaError) return undefined;
    if (error instanceof WireError) throw new LinkError('bad-answer', 'no configuration came back', { cause: error });
    throw error;
  }
}
