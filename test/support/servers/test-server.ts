/** What tests and the demo get from a throw-away XMPP server, and what they may ask of it. */

export interface ServerOptions {
  /** The accounts' domain; the certificate names it. Clients connect to 127.0.0.1. */
  readonly domain?: string;
  /** How long a session whose connection broke still looks online. Default 5. */
  readonly hibernationSeconds?: number;
  /** When a silent connection counts as broken. Default: as the server ships. */
  readonly readTimeoutSeconds?: number;
  /** Stored messages per account; ejabberd only (Prosody knows no limit). Default unlimited. */
  readonly offlineMax?: number;
  /** Message archive (XEP-0313) for everything that may be archived. Default off. */
  readonly archive?: boolean;
  /** Personal eventing (XEP-0163). Default on. */
  readonly pep?: boolean;
  /** How passwords are kept, and so which SCRAM is offered. Default sha1. */
  readonly scram?: 'sha1' | 'sha256';
  /** More configuration in the server's own language, at global level. */
  readonly extra?: string;
}

export interface StoredFile {
  readonly path: string;
  readonly content: Buffer;
}

export interface TestServer {
  readonly kind: 'prosody' | 'ejabberd';
  readonly domain: string;
  /** STARTTLS, required, on 127.0.0.1. */
  readonly port: number;
  /** TLS from the first octet, on 127.0.0.1. */
  readonly tlsPort: number;
  /** The authority that signed the server's certificate, PEM. Made for this server alone. */
  readonly caFile: string;
  /** Where the server keeps its data. */
  readonly dataDir: string;
  addUser(name: string, password: string): Promise<void>;
  /** Messages waiting for an account that is offline. */
  offlineCount(user: string): Promise<number>;
  /** Empties every account's archive, whatever is asked to be read on from. */
  forgetArchive(): Promise<void>;
  /** Every file the server has written, its log included: for searching what must not be there. */
  storedFiles(): Promise<StoredFile[]>;
  /** Ends the process and starts it again on the same ports with the same data. */
  restart(): Promise<void>;
  /** Ends the process without its consent; the data stays for `restart`. */
  kill(): Promise<void>;
  /** Ends the process and removes its folder. Twice is once. */
  stop(): Promise<void>;
}
