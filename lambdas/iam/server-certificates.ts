import { findBrokenLink, readCertificates, readPrivateKey, validityOf } from '../credentials/pem';
import { iamArn } from '../identity/arns';
import type { ServerCertificateRecord } from '../identity/certificate-entities';
import { readServerCertificate } from '../identity/certificate-records';
import type { Found } from '../identity/lookup';
import { readName } from '../identity/records';
import { resourceTagContext } from '../identity/tags';
import type { Authorization, Call, Checked } from '../operations/operation';
import { IamError } from '../protocol/errors';
import { foldName, nameKey, serverCertificateKey } from '../store/keys';
import type { Item } from '../store/store';

const CONSISTENT = { consistent: true } as const;

/** On the server certificate that the input names. */
export function onServerCertificate<Input extends { ServerCertificateName: string | undefined }>(
  action: string,
  details: Partial<Pick<Authorization<Input>, 'conditionKeys' | 'context' | 'resources'>> = {},
): Authorization<Input> {
  const nameOf = (input: Checked<Input>): string =>
    (input as { ServerCertificateName: string }).ServerCertificateName;
  return {
    action,
    resourceType: 'server-certificate',
    resources:
      details.resources ??
      (async (input, call) => [
        (await findServerCertificate(call, nameOf(input)))?.arn ??
          iamArn(call, 'server-certificate', '/', nameOf(input)),
      ]),
    resourceName: (input) => `server certificate ${nameOf(input)}`,
    conditionKeys: ['aws:ResourceTag/${TagKey}', ...(details.conditionKeys ?? [])],
    context: async (input, call) => ({
      ...resourceTagContext((await findServerCertificate(call, nameOf(input)))?.entity.Tags ?? []),
      ...(await details.context?.(input, call)),
    }),
  };
}

/** By its name, in any case of ASCII letters. */
export async function findServerCertificate(
  call: Call,
  name: string,
): Promise<Found<ServerCertificateRecord> | undefined> {
  const row = await call.store.get(nameKey('ServerCertificate', call.accountId, name), CONSISTENT);
  if (row === undefined) {
    return undefined;
  }
  const key = serverCertificateKey(call.accountId, readName(row).Id);
  const item = await call.store.get(key, CONSISTENT);
  const found = item === undefined ? undefined : foundServerCertificate(call, item);
  // Renamed between the two reads: under this name there is none any more.
  return found !== undefined && foldName(found.entity.ServerCertificateName) === foldName(name)
    ? found
    : undefined;
}

export function foundServerCertificate(call: Call, item: Item): Found<ServerCertificateRecord> {
  const entity = readServerCertificate(item);
  const arn = iamArn(call, 'server-certificate', entity.Path, entity.ServerCertificateName);
  return { entity, arn, key: item.key, revision: item.revision };
}

export async function requireServerCertificate(
  call: Call,
  name: string,
): Promise<Found<ServerCertificateRecord>> {
  const certificate = await findServerCertificate(call, name);
  if (certificate === undefined) {
    throw new IamError('NoSuchEntity', `The Server Certificate with name ${name} cannot be found.`);
  }
  return certificate;
}

export const serverCertificateExists = (name: string): IamError =>
  new IamError('EntityAlreadyExists', `The Server Certificate with name ${name} already exists.`);

/**
 * When a certificate expires that is fit to be uploaded with this key and this chain; epoch milliseconds.
 *
 * Errors: MalformedCertificate, KeyPairMismatch.
 */
export function checkServerCertificate(
  call: Call,
  body: string,
  privateKey: string,
  chain: string | undefined,
): number {
  const [certificate, ...others] = readCertificates(body) ?? [];
  if (certificate === undefined || others.length > 0) {
    throw malformed('Unable to parse certificate. Please ensure the certificate is in PEM format.');
  }
  const key = readPrivateKey(privateKey);
  if (key === undefined) {
    throw malformed(
      'Unable to parse key; the body must be a valid PEM private key without a password.',
    );
  }
  if (!certificate.checkPrivateKey(key)) {
    throw new IamError('KeyPairMismatch', 'Private key does not match the certificate.');
  }
  const { from, to } = validityOf(certificate);
  if (!(from <= call.now && call.now < to)) {
    throw malformed('The certificate is not in its validity period.');
  }
  if (chain !== undefined) {
    const links = readCertificates(chain);
    const broken = links === undefined ? 0 : findBrokenLink([certificate, ...links]);
    if (broken !== undefined) {
      throw malformed(
        `Unable to validate certificate chain. The certificate chain must start with the immediate signing certificate, followed by any intermediaries in order. The index within the chain of the invalid certificate is: ${broken}`,
      );
    }
  }
  return to;
}

function malformed(message: string): IamError {
  return new IamError('MalformedCertificate', message);
}
