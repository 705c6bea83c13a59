/** Prints `{ name: digest of all values }` of every check, as one line of JSON. */
import { digestsOf } from './outcomes.ts';

process.stdout.write(`${JSON.stringify(await digestsOf())}\n`);
