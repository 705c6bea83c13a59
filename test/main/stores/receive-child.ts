/** Takes stanzas as the receiver does, one after the other, and says so after each, until it is killed. */
import { systemRandom } from '../../../main/crypto/random.ts';
import { openStores } from '../../../main/stores/stores.ts';
import { receive } from './received.ts';
import { xorProtector } from './xor-protector.ts';

const [directory = '', rounds = ''] = process.argv.slice(2);
const now = (): Date => new Date('2026-11-22T09:00:00.000Z');
const stores = await openStores({ directory, protector: xorProtector, random: systemRandom, now });
await stores.offlineSecrets.load();
for (let n = 0; n < Number(rounds); n += 1) {
  receive(stores, n);
  process.stdout.write('.');
}
