/** Brings a database up to the second version, and is killed before the statement of that number. */
import { Database } from '../../../main/stores/database.ts';
import { migrate } from '../../../main/stores/migrate.ts';
import { killAt } from './database-calls.ts';
import { ADDED, FIRST } from './two-versions.ts';

const [path = '', statement = ''] = process.argv.slice(2);
const database = new Database(path);
killAt(Number(statement));
migrate(database, [FIRST, ADDED], `${path}.old`);
database.close();
