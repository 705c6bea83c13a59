import type { EventName, Message } from '../../preload/contract.ts';

/** How a page asks for a backlog: an event of this name, whose `detail` is how many messages come. */
const ASKED = 'arrive';

/** Hands over messages as a host does after coming back, each in a task of its own and as fast as the page takes them. */
export function hearBacklogs(
  announce: (event: EventName, payload: unknown) => void,
  messageAt: (index: number) => Message,
): void {
  addEventListener(ASKED, (event) => {
    const total = Number((event as CustomEvent<unknown>).detail);
    const { port1, port2 } = new MessageChannel();
    let done = 0;
    port1.addEventListener('message', () => {
      announce('messages.added', messageAt(done));
      done += 1;
      announce('backlog.progress', { done, total, finished: done === total, opened: done, failed: 0 });
      if (done < total) port2.postMessage(undefined);
    });
    port1.start();
    port2.postMessage(undefined);
  });
}
