import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** Certificates for one test run, made without tools and kept nowhere. X.509 v3 in DER: RFC 5280. */
export interface Certificate {
  /** PEM. */
  cert: string;
  key: string;
}

interface CertificateOptions {
  /** Host names and addresses. */
  names?: string[];
  commonName?: string;
  notBefore?: Date;
  notAfter?: Date;
}

export interface Authority {
  /** PEM. */
  cert: string;
  issue(options?: CertificateOptions): Certificate;
}

const DAY = 86_400_000;
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const hex = content.length.toString(16);
  const long = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  const length =
    content.length < 128 ? Buffer.of(content.length) : Buffer.concat([Buffer.of(0x80 | long.length), long]);
  return Buffer.concat([Buffer.of(tag), length, content]);
}

const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const bits = (content: Buffer) => der(0x03, Buffer.of(0), content);
const integer = (content: Buffer) => der(0x02, content);
const time = (date: Date) => der(0x18, Buffer.from(`${date.toISOString().replace(/\.\d+|[-:T]/g, '')}`));
const name = (commonName: string) => sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const groups = [part & 0x7f];
    for (let left = part >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return der(0x06, Buffer.of(first * 40 + second, ...bytes));
}

const extension = (id: string, value: Buffer) => sequence(oid(id), der(0x04, value));
const basicConstraints = () => extension('2.5.29.19', sequence(der(0x01, Buffer.of(0xff))));
const alternativeName = (host: string) =>
  isIP(host) === 4 ? der(0x87, Buffer.from(host.split('.').map(Number))) : der(0x82, Buffer.from(host));
const alternativeNames = (hosts: string[]) => extension('2.5.29.17', sequence(...hosts.map(alternativeName)));

const pem = (label: string, content: Buffer) =>
  `-----BEGIN ${label}-----\n${content.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END ${label}-----\n`;

interface Contents {
  issuer: string;
  subject: string;
  publicKey: KeyObject;
  extensions: Buffer[];
  notBefore: Date;
  notAfter: Date;
}

function signed({ issuer, subject, publicKey, extensions, notBefore, notAfter }: Contents, by: KeyObject): string {
  const algorithm = sequence(oid(ECDSA_WITH_SHA256));
  const contents = sequence(
    der(0xa0, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
    algorithm,
    name(issuer),
    sequence(time(notBefore), time(notAfter)),
    name(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  return pem('CERTIFICATE', sequence(contents, algorithm, bits(sign('sha256', contents, by))));
}

/** A certificate authority of its own, and the certificates that it issues. */
export function createAuthority(issuer = 'svc-debug test authority'): Authority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const validity = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
  const root = { issuer, subject: issuer, publicKey: own.publicKey, extensions: [basicConstraints()], ...validity };
  return {
    cert: signed(root, own.privateKey),
    issue: ({ names = ['127.0.0.1', 'localhost'], commonName = 'svc-debug test', ...dates } = {}) => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const extensions = [alternativeNames(names)];
      const contents = { issuer, subject: commonName, publicKey, extensions, ...validity, ...dates };
      return {
        cert: signed(contents, own.privateKey),
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      };
    },
  };
}
