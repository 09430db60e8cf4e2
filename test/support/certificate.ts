/** A certificate of our own making for 127.0.0.1, so that no key has to lie in the repository. */
import { generateKeyPairSync, sign } from 'node:crypto';

/** A DER value: tag, length, content (X.690, lengths below 65,536). */
function der(tag: number, ...content: Array<Buffer | number[]>): Buffer {
	const body = Buffer.concat(content.map((part) => Buffer.from(part as number[])));
	const { length } = body;
	const head =
		length < 128
			? [tag, length]
			: length < 256
				? [tag, 0x81, length]
				: [tag, 0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.from(head), body]);
}

const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts);
/** ecdsa-with-SHA256, 1.2.840.10045.4.3.2 */
const ALGORITHM = sequence(der(0x06, [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02]));
/** commonName, 2.5.4.3 */
const NAME = sequence(
	der(0x31, sequence(der(0x06, [0x55, 0x04, 0x03]), der(0x0c, Buffer.from('127.0.0.1')))),
);
const VALID = sequence(
	der(0x17, Buffer.from('200101000000Z')),
	der(0x17, Buffer.from('491231235959Z')),
);

/** A new key and a certificate that it signs itself (X.509, version 1), in PEM. */
export function selfMadeCertificate(): { key: string; cert: string } {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const facts = sequence(
		der(0x02, [1]),
		ALGORITHM,
		NAME,
		VALID,
		NAME,
		publicKey.export({ type: 'spki', format: 'der' }),
	);
	const whole = sequence(facts, ALGORITHM, der(0x03, [0], sign('sha256', facts, privateKey)));
	const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
	const cert = ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join(
		'\n',
	);
	return { key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })), cert };
}
