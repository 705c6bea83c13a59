/** Why a stream ended: stream errors (RFC 6120 4.9), ours and the server's, and failed logins (RFC 6120 6.5). */
import { element, elements, serialize, textOf } from '../../wire/element.ts';
import type { Element } from '../../wire/element.ts';
import type { WireErrorCode } from '../../wire/wire-error.ts';
import { LinkError } from './link.ts';
import type { LinkErrorCode } from './link.ts';
import type { Target } from './server-targets.ts';

const NS_STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';

/** The end of a stream without a word about why. */
export function streamEnded(): LinkError {
  return new LinkError('server-unreachable', 'the stream ended');
}

/** The server wants to be asked elsewhere (RFC 6120 4.9.3.19). For whoever does not follow it, a refusal. */
export class SeeOtherHost extends LinkError {
  readonly target: Target;

  constructor(target: Target) {
    super('server-refused', 'the server ended the stream: see-other-host');
    this.target = target;
  }
}

/** Reads <stream:error/>. */
export function readStreamError(received: Element): LinkError {
  const found = elements(received).find(({ ns }) => ns === NS_STREAM_ERRORS);
  const condition = found?.name ?? 'undefined-condition';
  const target = condition === 'see-other-host' && found !== undefined ? readTarget(textOf(found)) : undefined;
  if (target !== undefined) return new SeeOtherHost(target);
  return new LinkError(STREAM_ERRORS[condition] ?? 'server-refused', `the server ended the stream: ${condition}`);
}

/** `host`, `host:port`, an IPv6 address in brackets. STARTTLS is asked for there, as at any other place. */
function readTarget(text: string): Target | undefined {
  const [, v6, host = v6, port = '5222'] =
    /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:/@]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (host === undefined || host.length > MOST_HOST_LENGTH || Number(port) < 1 || Number(port) > 65_535)
    return undefined;
  return { host, port: Number(port), directTls: false };
}

/** RFC 1035 2.3.4. */
const MOST_HOST_LENGTH = 255;

/** What is written when the server broke a rule: the error and the end of the stream. */
export function farewellTo(code: WireErrorCode): string {
  const condition = element(OWN_ERRORS[code], NS_STREAM_ERRORS);
  return `<stream:error>${serialize(condition)}</stream:error></stream:stream>`;
}

/** The condition of a SASL <failure/>, as the person at the other end must understand it. */
export function loginFailure(condition: string): LinkError {
  return new LinkError(LOGIN_FAILURES[condition] ?? 'server-refused', `the login failed: ${condition}`);
}

/** Those after which it is worth trying again later count as unreachable; all others are a refusal. */
const STREAM_ERRORS: Readonly<Record<string, LinkErrorCode>> = {
  conflict: 'replaced',
  'connection-timeout': 'server-unreachable',
  'internal-server-error': 'server-unreachable',
  'remote-connection-failed': 'server-unreachable',
  reset: 'server-unreachable',
  'resource-constraint': 'server-unreachable',
  'system-shutdown': 'server-unreachable',
};

const OWN_ERRORS: Readonly<Record<WireErrorCode, string>> = {
  'not-well-formed': 'not-well-formed',
  'forbidden-xml': 'restricted-xml',
  'too-large': 'policy-violation',
  'bad-address': 'invalid-xml',
  'bad-form': 'invalid-xml',
  'bad-stanza': 'invalid-namespace',
};

const LOGIN_FAILURES: Readonly<Record<string, LinkErrorCode>> = {
  'not-authorized': 'wrong-password',
  'credentials-expired': 'wrong-password',
  'encryption-required': 'unprotected-login',
  'mechanism-too-weak': 'unprotected-login',
  'temporary-auth-failure': 'server-unreachable',
};
