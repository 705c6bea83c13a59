/** A test authority and one certificate, made by `openssl` (which comes with Prosody). */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './programs.ts';

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface Certificate {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/**
 * Makes an authority of its own and a certificate signed by it, valid for 30 days.
 *
 * @param directory - An existing folder; gets ca.crt, ca.key, NAME.crt and NAME.key.
 * @param name - The DNS name the certificate is for, in subjectAltName and nowhere else that counts.
 */
export async function makeCertificate(directory: string, name: string): Promise<Certificate> {
  const file = (suffix: string): string => join(directory, suffix);
  const [caFile, caKey, certFile, keyFile] = [file('ca.crt'), file('ca.key'), file(`${name}.crt`), file(`${name}.key`)];
  const openssl = findProgram('openssl', 'openssl');
  await run(openssl, [
    'req',
    '-x509',
    ...NEW_KEY,
    '-days',
    '30',
    '-subj',
    '/CN=Test-CA',
    '-keyout',
    caKey,
    '-out',
    caFile,
  ]);
  await run(openssl, ['req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', file('request.csr')]);
  await writeFile(file('san'), `subjectAltName=DNS:${name}\n`);
  const signing = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-days', '30', '-extfile', file('san')];
  await run(openssl, ['x509', '-req', '-in', file('request.csr'), ...signing, '-out', certFile]);
  return { caFile, certFile, keyFile };
}
