/** A test authority and what it signs, made by `openssl` (which comes with Prosody). */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from './programs.ts';

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
const DAYS = 30;

export interface Authority {
  readonly caFile: string;
  readonly caKey: string;
}

export interface Certificate {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** What a certificate says, right or wrong. */
export interface CertificateContent {
  /** Names its files in the folder, and the subject. */
  readonly name: string;
  /** As openssl writes them, such as `DNS:example.org`; none for a certificate with a common name only. */
  readonly names: readonly string[];
  /** Less than 0: expired that many days ago. */
  readonly days?: number;
  /** `extendedKeyUsage`; not limited unless given. */
  readonly purpose?: string;
  /** Signed by its own key and by nobody else. */
  readonly isSelfSigned?: boolean;
}

/**
 * Makes an authority of its own and a certificate signed by it, valid for 30 days.
 *
 * @param directory - An existing folder; gets ca.crt, ca.key, NAME.crt and NAME.key.
 * @param name - The DNS name the certificate is for, in subjectAltName and nowhere else that counts.
 */
export async function makeCertificate(directory: string, name: string): Promise<Certificate> {
  return issue(directory, await makeAuthority(directory), { name, names: [`DNS:${name}`] });
}

/** Writes ca.crt and ca.key. */
export async function makeAuthority(directory: string): Promise<Authority> {
  const [caFile, caKey] = [join(directory, 'ca.crt'), join(directory, 'ca.key')];
  const subject = ['-days', String(DAYS), '-subj', '/CN=Test-CA'];
  await openssl('req', '-x509', ...NEW_KEY, ...subject, '-keyout', caKey, '-out', caFile);
  return { caFile, caKey };
}

/** Writes NAME.crt and NAME.key. */
export async function issue(
  directory: string,
  { caFile, caKey }: Authority,
  content: CertificateContent,
): Promise<Certificate> {
  const { name, names, days = DAYS, purpose, isSelfSigned = false } = content;
  const file = (suffix: string): string => join(directory, `${name}.${suffix}`);
  const [certFile, keyFile] = [file('crt'), file('key')];
  await openssl('req', ...NEW_KEY, '-subj', `/CN=${name}`, '-keyout', keyFile, '-out', file('csr'));
  const extensions = [
    ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
    ...(purpose === undefined ? [] : [`extendedKeyUsage=${purpose}`]),
  ];
  await writeFile(file('ext'), `${extensions.join('\n')}\n`);
  const signer = isSelfSigned ? ['-signkey', keyFile] : ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial'];
  const rest = ['-days', String(days), '-extfile', file('ext'), '-out', certFile];
  await openssl('x509', '-req', '-in', file('csr'), ...signer, ...rest);
  return { caFile, certFile, keyFile };
}

async function openssl(...args: readonly string[]): Promise<void> {
  await run(findProgram('openssl', 'openssl'), args);
}
