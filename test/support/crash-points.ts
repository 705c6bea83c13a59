/**
 * The moments of security.md 11 at which a test kills a host, as far as they show between the library and the link's
 * interface, on standard output, or in what randomness is drawn for. The process kills itself there: nothing is nearer.
 */
import process from 'node:process';
import { systemRandom, type RandomSource } from '../../main/crypto/random.ts';
import type { HeadlessOverrides } from '../../main/hosts/headless/run-headless.ts';
import type { IqRequest, Link, LinkFactory } from '../../main/protocol/xmpp/link.ts';
import { elements, type Element } from '../../main/wire/element.ts';
import { NS } from '../../main/wire/namespaces.ts';
import { isLetter, isWritten } from './faulty-link.ts';

/** `before`: nothing left; `written`: it left, and no answer is taken in; `answered`: the answer is here, and unread. */
type When = 'before' | 'written' | 'answered';

type Step =
  | { readonly at: 'open' | 'close'; readonly when: Exclude<When, 'written'> }
  | { readonly at: 'request'; readonly when: When; readonly fits: (request: IqRequest) => boolean }
  | { readonly at: 'send'; readonly when: When; readonly fits: (stanza: Element) => boolean }
  /** A letter: `arrived` and in memory only; `journalled` and not yet handled, so not acknowledged. */
  | { readonly at: 'arrived' | 'journalled' }
  /** A row was made of a letter that opened; the batch it is in is not committed. */
  | { readonly at: 'decrypted' }
  /** A letter is committed, and the server is never told that it arrived. */
  | { readonly at: 'unacknowledged' }
  /** All letters are committed and acknowledged, and nothing was announced. */
  | { readonly at: 'untold' };

/** Names of security.md 11. Points that show nowhere here, such as P1 and P2, are the stores' own tests. */
export const CRASH_POINTS = {
  P4: { at: 'request', when: 'written', fits: isPublish },
  P5: { at: 'request', when: 'answered', fits: isPublish },
  P6: { at: 'send', when: 'before', fits: isUnavailable },
  P7: { at: 'close', when: 'answered' },
  U0: { at: 'open', when: 'before' },
  U1: { at: 'open', when: 'answered' },
  U2: { at: 'request', when: 'written', fits: isRetract },
  U3: { at: 'request', when: 'answered', fits: isRetract },
  U4: { at: 'request', when: 'answered', fits: isReadBack },
  U5: { at: 'request', when: 'before', fits: isDiscovery },
  U6: { at: 'send', when: 'written', fits: isAvailable },
  R1: { at: 'arrived' },
  R2: { at: 'journalled' }, // U7 is its first time
  R3: { at: 'decrypted' },
  R4: { at: 'unacknowledged' }, // U8 as well
  R5: { at: 'untold' },
  B2: { at: 'request', when: 'before', fits: isOptionsFetch },
  B3: { at: 'request', when: 'answered', fits: isOptionsFetch },
  B5: { at: 'send', when: 'before', fits: isLetter },
  B6: { at: 'send', when: 'written', fits: isLetter },
  B7: { at: 'send', when: 'answered', fits: isLetter },
  B10: { at: 'send', when: 'written', fits: isTermination },
} as const satisfies Readonly<Record<string, Step>>;

export type CrashPoint = keyof typeof CRASH_POINTS;

export interface Crash {
  readonly point: CrashPoint;
  /** At which time the point is reached; the first unless given. */
  readonly time?: number;
}

function isPublish({ type, payload }: IqRequest): boolean {
  return type === 'set' && nodeOf(payload, 'publish') === NS.offline;
}

function isRetract({ type, payload }: IqRequest): boolean {
  return type === 'set' && nodeOf(payload, 'retract') === NS.offline;
}

function isReadBack({ type, payload, to }: IqRequest): boolean {
  return type === 'get' && to === undefined && nodeOf(payload, 'items') === NS.offline;
}

function isOptionsFetch({ type, payload, to }: IqRequest): boolean {
  return type === 'get' && to !== undefined && nodeOf(payload, 'items') === NS.offline;
}

function isDiscovery({ payload }: IqRequest): boolean {
  return payload.ns === NS.discoInfo;
}

function isAvailable(stanza: Element): boolean {
  return stanza.name === 'presence' && stanza.attrs['type'] === undefined && stanza.attrs['to'] === undefined;
}

function isUnavailable(stanza: Element): boolean {
  return stanza.name === 'presence' && stanza.attrs['type'] === 'unavailable';
}

function isTermination(stanza: Element): boolean {
  return isLetter(stanza) && !isWritten(stanza);
}

function nodeOf(payload: Element, action: string): string | undefined {
  return elements(payload).find(({ name }) => name === action)?.attrs['node'];
}

/** The parts of a host that end its process at the point. */
export function crashingAt(crash: Crash): Pick<HeadlessOverrides, 'wrapLink' | 'random'> {
  const step: Step = CRASH_POINTS[crash.point];
  let left = crash.time ?? 1;
  const isTime = (): boolean => (left -= 1) === 0;
  switch (step.at) {
    case 'arrived':
    case 'journalled':
      return { wrapLink: dyingWithLetters(step.at, isTime) };
    case 'decrypted':
      return { random: dyingWithRows(isTime) };
    case 'unacknowledged':
      watchOutput((line) => (line.includes('"messages.added"') && isTime() ? 'die' : 'write'));
      return { wrapLink: silentAboutLetters };
    case 'untold':
      watchOutput((line) => (line.includes('"messages.added"') ? 'swallow' : BACKLOG_END.test(line) ? 'die' : 'write'));
      return {};
    default:
      return { wrapLink: dyingWithCalls(step, isTime) };
  }
}

function die(): void {
  process.kill(process.pid, 'SIGKILL');
}

function dyingWithLetters(at: 'arrived' | 'journalled', isTime: () => boolean): (factory: LinkFactory) => LinkFactory {
  return (factory) => (options, handlers) =>
    factory(options, {
      ...handlers,
      stanza: (stanza, handled) => {
        if (!isLetter(stanza)) return handlers.stanza(stanza, handled);
        if (at === 'arrived' && isTime()) die();
        handlers.stanza(stanza, () => {
          if (at === 'journalled' && isTime()) die();
          handled();
        });
      },
    });
}

function silentAboutLetters(factory: LinkFactory): LinkFactory {
  return (options, handlers) =>
    factory(options, {
      ...handlers,
      stanza: (stanza, handled) => handlers.stanza(stanza, isLetter(stanza) ? () => undefined : handled),
    });
}

/** The id of an incoming message's row is drawn while its letter is being read. */
function dyingWithRows(isTime: () => boolean): RandomSource {
  return {
    bytes: (length) => {
      if (new Error().stack?.includes('letter-rows.ts') === true && isTime()) die();
      return systemRandom.bytes(length);
    },
  };
}

const BACKLOG_END = /"backlog\.progress".*"finished":true/;

function watchOutput(judge: (line: string) => 'write' | 'swallow' | 'die'): void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (chunk: string | Uint8Array, ...rest: never[]): boolean => {
    const verdict = judge(String(chunk));
    if (verdict === 'die') die();
    return verdict === 'swallow' || write(chunk, ...rest);
  };
}

/** Everything after the octets that were to be the last stays in the air for as long as they need to leave. */
const LEAVES_MS = 50;

function dyingWithCalls(
  step: Extract<Step, { when: When }>,
  isTime: () => boolean,
): (factory: LinkFactory) => LinkFactory {
  const through = <T>(fits: boolean, run: () => Promise<T>): Promise<T> => {
    if (!fits || !isTime()) return run();
    if (step.when === 'before') die();
    const result = run();
    if (step.when === 'written') {
      setTimeout(die, LEAVES_MS);
      return new Promise(() => undefined);
    }
    return result.finally(die);
  };
  return (factory) => (options, handlers) => {
    const link: Link = factory(options, handlers);
    return {
      open: (how) => through(step.at === 'open', () => link.open(how)),
      send: (stanza) => through(step.at === 'send' && step.fits(stanza), () => link.send(stanza)),
      request: (request) => through(step.at === 'request' && step.fits(request), () => link.request(request)),
      sendLast: (stanzas) => link.sendLast(stanzas),
      close: (timeoutMs) => through(step.at === 'close', () => link.close(timeoutMs)),
      holdBack: (isHeld) => link.holdBack(isHeld),
      abandon: () => link.abandon(),
      get isOpen() {
        return link.isOpen;
      },
    };
  };
}
