/** The thread in which a `MessageScanner`'s work is done. It has a connection that only reads, and the messages' key. */
import { parentPort, workerData } from 'node:worker_threads';
import { wipe } from '../base/bytes.ts';
import { systemRandom } from '../crypto/random.ts';
import { DatabaseReader } from './database.ts';
import { findAltered, searchMessages } from './message-scan.ts';
import type { ScanJob, ScanReply, ScanStart } from './search-thread.ts';
import { Sealer } from './seal.ts';
import { StoreError } from './store-error.ts';

const { path, root } = workerData as ScanStart;
const sealer = new Sealer(root, systemRandom);
wipe(root);
const reader = new DatabaseReader(path);

parentPort?.on('message', (job: ScanJob) => {
  parentPort?.postMessage(replyTo(job));
});

function replyTo(job: ScanJob): ScanReply {
  try {
    if (job.kind === 'search') return { id: job.id, kind: 'done', result: searchMessages(reader, sealer, job.request) };
    return { id: job.id, kind: 'done', result: findAltered(reader, sealer, job.request) };
  } catch (error) {
    // An error's class does not survive the way to the other thread; its code does.
    return { id: job.id, kind: 'failed', code: error instanceof StoreError ? error.code : undefined };
  }
}
