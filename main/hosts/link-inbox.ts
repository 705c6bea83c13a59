/**
 * Links from outside, by whichever way they come: command line, second start, system event (S-139). They wait here until
 * the window takes them, and then only fill in what a person may send or drop.
 */
import { parseXmppLink, type XmppLink } from '../wire/rfc5122-link.ts';

export class LinkInbox {
  #waiting: XmppLink | undefined;
  #opened: () => void = () => undefined;

  /** Tells that a link waits; one listener, the newest. */
  onOpened(listener: () => void): void {
    this.#opened = listener;
  }

  /**
   * Takes the link among a program's arguments. Whatever else they are is nothing to us: where an argument stands gives
   * it no meaning.
   *
   * @param args - Of a start of the program, its own name included, or one address that the system hands over.
   * @returns whether there was exactly one, and it can be used.
   */
  offer(args: readonly string[]): boolean {
    const [link, ...others] = args.filter((arg) => /^xmpp:/i.test(arg));
    const parsed = link === undefined || others.length > 0 ? undefined : parseXmppLink(link);
    if (parsed === undefined) return false;
    this.#waiting = parsed;
    this.#opened();
    return true;
  }

  /** The newest link that nobody has taken yet. */
  take(): XmppLink | undefined {
    const link = this.#waiting;
    this.#waiting = undefined;
    return link;
  }
}
