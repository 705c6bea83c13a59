/**
 * XEP-0060: Publish-Subscribe, version 1.24.1 (2022-01-21), as far as a personal node needs it (XEP-0163).
 * https://xmpp.org/extensions/xep-0060.html
 *
 * Covers the payloads of create and configure (§8.1), publish with options (§7.1), retract (§7.2) and items (§6.5),
 * built and read. Sending them, and what the answers mean, is `protocol/xmpp/xep0163-pep.ts`. Subscriptions, purge and
 * delete are left out on purpose: a node is never purged to withdraw an item.
 */
import { child, childrenNamed, element, elements } from './element.ts';
import type { Element } from './element.ts';
import { NS } from './namespaces.ts';
import { WireError } from './wire-error.ts';
import { buildForm, field, fieldOf, formTypeField, readServerForm } from './xep0004-data-form.ts';
import type { DataForm, FormField } from './xep0004-data-form.ts';

/** Values of a node's configuration by their field names. */
export type NodeConfig = Readonly<Record<string, string>>;
export type AccessModel = 'presence' | 'open' | 'whitelist';

/** All that is wanted of a node (profile 3.1). */
export function wantedConfig(access: AccessModel): NodeConfig {
  return {
    'pubsub#access_model': access,
    'pubsub#deliver_notifications': '0',
    'pubsub#send_last_published_item': 'never',
    'pubsub#notify_retract': '0',
    'pubsub#notify_delete': '0',
    'pubsub#persist_items': '1',
    'pubsub#max_items': '1',
  };
}

/** What is asked for where a server refuses the rest (profile 3.1, rule 2). */
export function leastConfig(access: AccessModel): NodeConfig {
  return { 'pubsub#access_model': access, 'pubsub#persist_items': '1' };
}

export function buildCreate(node: string, config: NodeConfig): Element {
  return element(
    'pubsub',
    NS.pubsub,
    {},
    element('create', NS.pubsub, { node }),
    element('configure', NS.pubsub, {}, configForm(NS.nodeConfig, config)),
  );
}

/** Asks for a node's configuration; the answer goes to `readConfigure`. */
export function buildConfigureRequest(node: string): Element {
  return element('pubsub', NS.pubsubOwner, {}, element('configure', NS.pubsubOwner, { node }));
}

export function buildConfigure(node: string, config: NodeConfig): Element {
  const form = configForm(NS.nodeConfig, config);
  return element('pubsub', NS.pubsubOwner, {}, element('configure', NS.pubsubOwner, { node }, form));
}

/** @throws WireError `bad-stanza`, `bad-form` if the answer holds no configuration */
export function readConfigure(payload: Element | undefined): DataForm {
  const configure = payload && isNamed(payload, NS.pubsubOwner) && child(payload, 'configure', NS.pubsubOwner);
  const form = configure && child(configure, 'x', NS.form);
  if (!form) throw new WireError('bad-stanza', 'the answer holds no configuration of a node');
  return readServerForm(form);
}

/**
 * Compares what a node is with what is wanted. Booleans agree in either spelling.
 *
 * @returns `differing`: what has to be submitted again; `unlisted`: names of fields the server does not know.
 */
export function compareConfig(form: DataForm, wanted: NodeConfig): { differing: NodeConfig; unlisted: string[] } {
  const entries = Object.entries(wanted);
  const isListed = ([name]: readonly [string, string]): boolean => fieldOf(form, name) !== undefined;
  const differs = ([name, value]: readonly [string, string]): boolean => !agrees(fieldOf(form, name), value);
  return {
    differing: Object.fromEntries(entries.filter(isListed).filter(differs)),
    unlisted: entries.filter((entry) => !isListed(entry)).map(([name]) => name),
  };
}

/**
 * @param payload - Undefined publishes an empty item, where a server refuses to retract (profile 3.3).
 * @param access - The publish fails unless the node has this access model; only for servers that list the feature.
 */
export function buildPublish(
  node: string,
  itemId: string,
  payload: Element | undefined,
  access?: AccessModel,
): Element {
  const options = access && element('publish-options', NS.pubsub, {}, optionsForm(access));
  const item = element('item', NS.pubsub, { id: itemId }, payload);
  return element('pubsub', NS.pubsub, {}, element('publish', NS.pubsub, { node }, item), options);
}

/** Without `notify`: nobody is told (profile 3.3). */
export function buildRetract(node: string, itemId: string): Element {
  const item = element('item', NS.pubsub, { id: itemId });
  return element('pubsub', NS.pubsub, {}, element('retract', NS.pubsub, { node }, item));
}

export function buildItemsRequest(node: string): Element {
  return element('pubsub', NS.pubsub, {}, element('items', NS.pubsub, { node }));
}

/** One item of a node; an empty one has no payload. */
export interface PubsubItem {
  readonly id?: string;
  readonly payload?: Element;
}

/**
 * @param payload - Of the result of `buildItemsRequest(node)`.
 * @throws WireError `bad-stanza` if it answers something else, another node included
 */
export function readItems(payload: Element | undefined, node: string): readonly PubsubItem[] {
  const items = payload && isNamed(payload, NS.pubsub) ? child(payload, 'items', NS.pubsub) : undefined;
  if (items?.attrs['node'] !== node) throw new WireError('bad-stanza', 'the answer holds no items of that node');
  return childrenNamed(items, 'item', NS.pubsub).map(readItem);
}

function readItem(item: Element): PubsubItem {
  const id = item.attrs['id'];
  const [payload] = elements(item);
  return { ...(id === undefined ? {} : { id }), ...(payload === undefined ? {} : { payload }) };
}

function isNamed(payload: Element, ns: string): boolean {
  return payload.name === 'pubsub' && payload.ns === ns;
}

function configForm(formType: string, config: NodeConfig): Element {
  const fields = Object.entries(config).map(([name, value]) => field(name, value));
  return buildForm({ type: 'submit', fields: [formTypeField(formType), ...fields] });
}

function optionsForm(access: AccessModel): Element {
  return configForm(NS.publishOptions, { 'pubsub#access_model': access });
}

function agrees(actual: FormField | undefined, wanted: string): boolean {
  const [value, ...further] = actual?.values ?? [];
  if (value === undefined || further.length > 0) return false;
  return value === wanted || SPELLINGS[value] === wanted;
}

const SPELLINGS: Readonly<Record<string, string>> = { true: '1', false: '0' };
