import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Files of a certificate authority of one's own, a server of this machine and a client that logs in. */
export interface CertificateFiles {
  /** Certificate authority, PEM. */
  readonly ca: string;
  /** Certificate and key of the server, in one PEM file. */
  readonly server: string;
  /** Certificate and key of the client, in one PEM file. */
  readonly client: string;
  /** The client's name as the server spells it. */
  readonly clientSubject: string;
}

/** One element of DER: its tag, its length, its content (X.690, 8.1). */
function der(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size =
    length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, Math.floor(length / 256), length % 256];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}
const sequence = (...content: readonly Buffer[]): Buffer => der(0x30, ...content);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const bits = (bytes: Buffer): Buffer => der(0x03, Buffer.from([0]), bytes);

const ECDSA_SHA256 = sequence(oid('2a8648ce3d040302'));
const ORGANISATION = oid('55040a');
const COMMON_NAME = oid('550403');
const BASIC_CONSTRAINTS = oid('551d13');
const ALTERNATIVE_NAMES = oid('551d11');
const IS_CA = der(0x04, sequence(der(0x01, Buffer.from([0xff]))));
const THIS_MACHINE = der(
  0x04,
  sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))),
);

const nameOf = (organisation: string, commonName: string): Buffer =>
  sequence(
    der(0x31, sequence(ORGANISATION, der(0x0c, Buffer.from(organisation)))),
    der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))),
  );

const pem = (label: string, bytes: Buffer): string =>
  `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;

interface Identity {
  readonly name: Buffer;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const identity = (organisation: string, commonName: string): Identity => ({
  name: nameOf(organisation, commonName),
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }),
});

/** A certificate of version 3 (RFC 5280, 4.1), valid for the coming decades. */
function certify(subject: Identity, issuer: Identity, extension: Buffer): string {
  const time = (text: string): Buffer => der(0x17, Buffer.from(text));
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256,
    issuer.name,
    sequence(time('200101000000Z'), time('490101000000Z')),
    subject.name,
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extension)),
  );
  const signature = sign('sha256', content, issuer.privateKey);
  return pem('CERTIFICATE', sequence(content, ECDSA_SHA256, bits(signature)));
}

const keyOf = ({ privateKey }: Identity): string =>
  privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Writes new certificates and keys into a folder. */
export function writeCertificates(folder: string): CertificateFiles {
  const authority = identity('Authority', 'Tests');
  const server = identity('Server', 'localhost');
  const client = identity('Clients', 'ana');
  const write = (name: string, ...parts: readonly string[]): string => {
    const file = path.join(folder, name);
    writeFileSync(file, parts.join(''), { mode: 0o600 });
    return file;
  };
  return {
    ca: write('ca.pem', certify(authority, authority, sequence(BASIC_CONSTRAINTS, IS_CA))),
    server: write(
      'server.pem',
      certify(server, authority, sequence(ALTERNATIVE_NAMES, THIS_MACHINE)),
      keyOf(server),
    ),
    client: write(
      'client.pem',
      certify(client, authority, sequence(ALTERNATIVE_NAMES, THIS_MACHINE)),
      keyOf(client),
    ),
    clientSubject: 'CN=ana,O=Clients',
  };
}
