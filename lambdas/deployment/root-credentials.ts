import { createHash } from 'node:crypto';
import {
  createAccessKeyId,
  createSecretAccessKey,
  type RandomBytes,
} from '../credentials/access-key';
import { isAccessKeyId } from '../identity/principals';
import { ResourceRefused } from './custom-resource';

/** The root user's credentials as the secret holds them. */
export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Which secret. */
export interface SecretPlace {
  readonly secretArn: string;
  /** Of a secret that no template makes: what it is called when it is made. */
  readonly secretName?: string;
}

/** The secret in Secrets Manager that an operator reads the root user's credentials from. */
export interface CredentialsSecret {
  /** The current text; undefined where there is none yet. */
  read(place: SecretPlace): Promise<string | undefined>;
  /** The same token with the same text is one write. */
  write(place: SecretPlace, text: string, token: string): Promise<void>;
}

/** Printable, without a space: what every client can send. */
const SECRET_ACCESS_KEY = /^[!-~]{16,128}$/;

/**
 * The credentials in the secret, `{"AccessKeyId": …, "SecretAccessKey": …}`; where it holds no such thing, new ones, which are in the
 * secret before anybody learns of them: a request that is repeated finds them there.
 *
 * Errors: {@link ResourceRefused} for a secret that means to be credentials and is not; what the secret's service throws.
 */
export async function obtainRootCredentials(
  secret: CredentialsSecret,
  place: SecretPlace,
  options: { readonly requestId: string; readonly randomBytes: RandomBytes },
): Promise<RootCredentials> {
  const given = readCredentials(await secret.read(place));
  if (given !== undefined) {
    return given;
  }
  const made = {
    accessKeyId: createAccessKeyId('AKIA', options.randomBytes),
    secretAccessKey: createSecretAccessKey(options.randomBytes),
  };
  const text = JSON.stringify({
    AccessKeyId: made.accessKeyId,
    SecretAccessKey: made.secretAccessKey,
  });
  const token = createHash('sha256').update(options.requestId).digest('hex');
  await secret.write(place, text, token);
  return made;
}

/** undefined for what does not mean to be credentials, e.g. the random text that a new secret begins with. */
function readCredentials(text: string | undefined): RootCredentials | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null) {
    return undefined;
  }
  const hasId = Object.hasOwn(value, 'AccessKeyId');
  const hasSecret = Object.hasOwn(value, 'SecretAccessKey');
  if (!hasId && !hasSecret) {
    return undefined;
  }
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = value as Record<
    string,
    unknown
  >;
  if (typeof accessKeyId !== 'string' || !isAccessKeyId(accessKeyId)) {
    throw new ResourceRefused(
      'AccessKeyId in the secret is 16 to 128 letters, digits and underscores',
    );
  }
  if (typeof secretAccessKey !== 'string' || !SECRET_ACCESS_KEY.test(secretAccessKey)) {
    throw new ResourceRefused(
      'SecretAccessKey in the secret is 16 to 128 printable characters without a space',
    );
  }
  return { accessKeyId, secretAccessKey };
}

function parseJson(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
