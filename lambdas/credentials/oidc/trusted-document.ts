import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import {
  bareHost,
  checkUrl,
  createLookup,
  requestDocument,
  type DocumentRequestOptions,
} from './document-request';
import { IssuerUnavailable } from './issuer-errors';

/** What OpenSSL says of a certificate whose chain ends in no authority that it knows. */
const UNKNOWN_AUTHORITY: ReadonlySet<unknown> = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Longer chains are not followed. */
const MAX_CHAIN_LENGTH = 10;

/**
 * A document of an issuer, from a server whose certificate leads to a public root, or else to the authority of one of the provider's
 * thumbprints. In either case host, dates and signatures of the chain are checked.
 *
 * Errors: {@link IssuerUnavailable}.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
 */
export async function requestTrustedDocument(
  url: URL,
  thumbprints: readonly string[],
  options: DocumentRequestOptions,
): Promise<string> {
  try {
    return await requestDocument(url, options);
  } catch (error) {
    if (!isUnknownAuthority(error)) throw error;
    const authority = await readTopCertificate(url, options);
    // Lower-case hexadecimal, as providers keep them.
    const thumbprint = createHash('sha1').update(authority.raw).digest('hex');
    if (!thumbprints.includes(thumbprint)) {
      throw new IssuerUnavailable(
        `the certificate of ${url.host} leads to no public root and to no configured thumbprint`,
        false,
        { cause: error },
      );
    }
    return requestDocument(url, { ...options, certificateAuthorities: [authority.toString()] });
  }
}

function isUnknownAuthority(error: unknown): boolean {
  const cause = error instanceof IssuerUnavailable ? error.cause : undefined;
  return (
    typeof cause === 'object' &&
    cause !== null &&
    'code' in cause &&
    UNKNOWN_AUTHORITY.has(cause.code)
  );
}

/** The last certificate that the server sends. Nothing is believed of it yet, and nothing is sent to the server. */
function readTopCertificate(url: URL, options: DocumentRequestOptions): Promise<X509Certificate> {
  const hostname = bareHost(url);
  const lookup = createLookup(checkUrl(url, options), options);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: hostname,
      port: url.port === '' ? 443 : Number(url.port),
      lookup,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
      ...(isIP(hostname) === 0 && { servername: hostname }),
    });
    const fail = (error: Error): void => {
      socket.destroy();
      reject(new IssuerUnavailable(`${url.host} did not answer`, true, { cause: error }));
    };
    const abort = (): void => {
      fail(new Error('the time is over'));
    };
    options.signal.addEventListener('abort', abort, { once: true });
    socket.on('error', fail);
    socket.on('close', () => {
      options.signal.removeEventListener('abort', abort);
    });
    socket.on('secureConnect', () => {
      const top = topOf(socket.getPeerCertificate(true));
      socket.destroy();
      if (top === undefined) fail(new Error('no certificate came'));
      else resolve(top);
    });
    if (options.signal.aborted) abort();
  });
}

function topOf(leaf: DetailedPeerCertificate): X509Certificate | undefined {
  let certificate = leaf;
  for (let length = 1; length <= MAX_CHAIN_LENGTH; length += 1) {
    const issuer = certificate.issuerCertificate as DetailedPeerCertificate | undefined;
    if (issuer === undefined || issuer.fingerprint256 === certificate.fingerprint256) {
      return certificate.raw instanceof Uint8Array
        ? new X509Certificate(certificate.raw)
        : undefined;
    }
    certificate = issuer;
  }
  return undefined;
}
