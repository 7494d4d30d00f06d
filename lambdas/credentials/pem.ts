import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';

/** Certificates of one PEM text, in their order; undefined where anything but certificates stands in it. */
export function readCertificates(pem: string): readonly X509Certificate[] | undefined {
  const blocks = pem.split(/(?<=-----END CERTIFICATE-----)/).map((block) => block.trim());
  // What follows the last certificate is a block of its own: nothing.
  const texts = blocks.at(-1) === '' ? blocks.slice(0, -1) : blocks;
  const certificates = texts.map(readBlock);
  return certificates.length > 0 && certificates.every((found) => found !== undefined)
    ? certificates
    : undefined;
}

function readBlock(block: string): X509Certificate | undefined {
  if (!/^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/.test(block)) {
    return undefined;
  }
  try {
    return new X509Certificate(block);
  } catch {
    return undefined;
  }
}

/** The private key of a PEM text; undefined where it is none, or is encrypted. */
export function readPrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: 'pem' });
  } catch {
    return undefined;
  }
}

/** The position of the first certificate that the next one has not signed; undefined where each is signed by its next. */
export function findBrokenLink(chain: readonly X509Certificate[]): number | undefined {
  const at = chain.findIndex((certificate, index) => {
    const issuer = chain[index + 1];
    return (
      issuer !== undefined &&
      !(certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
    );
  });
  return at < 0 ? undefined : at;
}

/** Epoch milliseconds between which a certificate holds. */
export function validityOf(certificate: X509Certificate): {
  readonly from: number;
  readonly to: number;
} {
  return { from: Date.parse(certificate.validFrom), to: Date.parse(certificate.validTo) };
}
