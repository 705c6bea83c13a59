/** A process that takes the profile's lock, says so, and keeps it until it is killed. */
import { lockProfile } from '../../../main/stores/profile-lock.ts';

const [directory = ''] = process.argv.slice(2);
const lock = lockProfile(directory);
process.stdout.write(lock === undefined ? 'in use\n' : 'locked\n');
if (lock !== undefined) setInterval(() => undefined, 60_000);
