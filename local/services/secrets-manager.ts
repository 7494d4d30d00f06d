import { randomInt, randomUUID } from 'node:crypto';

import { onlyMembers, optionalString, requiredString, ServiceError } from './json-service';
import type { JsonObject, JsonService } from './json-service';

/** One version of a secret, as it is kept. */
export interface SecretVersion {
  readonly versionId: string;
  readonly secretString: string;
  readonly createdDateSeconds: number;
}

/** A secret's current and previous version. */
export interface SecretRecord {
  readonly current?: SecretVersion;
  readonly previous?: SecretVersion;
}

/** A secret of the templates. */
export interface SecretDefinition {
  readonly secretArn: string;
  readonly name: string;
}

/** Where secrets are kept. */
export interface SecretStore {
  read(secretArn: string): SecretRecord;
  write(secretArn: string, record: SecretRecord): void;
}

/**
 * GetSecretValue, PutSecretValue and DescribeSecret for the templates' secrets, with the stages AWSCURRENT and AWSPREVIOUS.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export function createSecretsManagerService(
  store: SecretStore,
  secrets: readonly SecretDefinition[],
): JsonService {
  return {
    targetPrefix: 'secretsmanager',
    operations: {
      GetSecretValue: (input) => getSecretValue(store, secrets, input),
      PutSecretValue: (input) => putSecretValue(store, secrets, input),
      DescribeSecret: (input) => describeSecret(store, secrets, input),
    },
  };
}

function getSecretValue(
  store: SecretStore,
  secrets: readonly SecretDefinition[],
  input: JsonObject,
): JsonObject {
  onlyMembers(input, ['SecretId', 'VersionId', 'VersionStage']);
  const secret = findSecret(secrets, requiredString(input, 'SecretId'));
  const record = store.read(secret.secretArn);
  const stage = optionalString(input, 'VersionStage');
  const versionId = optionalString(input, 'VersionId');
  const version = stage === 'AWSPREVIOUS' ? record.previous : findVersion(record, stage, versionId);
  if (version === undefined || (versionId !== undefined && version.versionId !== versionId)) {
    throw new ServiceError(
      'ResourceNotFoundException',
      versionId === undefined
        ? `Secrets Manager can't find the specified secret value for staging label: ${stage ?? 'AWSCURRENT'}`
        : `Secrets Manager can't find the specified secret value for VersionId: ${versionId}`,
    );
  }
  return {
    ARN: secret.secretArn,
    Name: secret.name,
    VersionId: version.versionId,
    SecretString: version.secretString,
    VersionStages: [version === record.current ? 'AWSCURRENT' : 'AWSPREVIOUS'],
    CreatedDate: version.createdDateSeconds,
  };
}

function findVersion(
  record: SecretRecord,
  stage: string | undefined,
  versionId: string | undefined,
): SecretVersion | undefined {
  if (stage !== undefined && stage !== 'AWSCURRENT') return undefined;
  if (stage === undefined && versionId !== undefined && record.previous?.versionId === versionId) {
    return record.previous;
  }
  return record.current;
}

function putSecretValue(
  store: SecretStore,
  secrets: readonly SecretDefinition[],
  input: JsonObject,
): JsonObject {
  onlyMembers(input, ['SecretId', 'ClientRequestToken', 'SecretString']);
  const secret = findSecret(secrets, requiredString(input, 'SecretId'));
  const secretString = requiredString(input, 'SecretString');
  if (Buffer.byteLength(secretString) > 65_536) {
    throw new ServiceError('ValidationException', 'SecretString is longer than 65536 bytes');
  }
  const versionId = optionalString(input, 'ClientRequestToken') ?? randomUUID();
  const record = store.read(secret.secretArn);
  const same = [record.current, record.previous].find(
    (version) => version?.versionId === versionId,
  );
  if (same !== undefined && same.secretString !== secretString) {
    throw new ServiceError(
      'ResourceExistsException',
      'A resource with the ID you requested already exists.',
    );
  }
  // The same token with the same value is a retry of a call that succeeded.
  if (same === undefined) {
    store.write(secret.secretArn, {
      current: { versionId, secretString, createdDateSeconds: Date.now() / 1000 },
      ...(record.current === undefined ? {} : { previous: record.current }),
    });
  }
  return {
    ARN: secret.secretArn,
    Name: secret.name,
    VersionId: versionId,
    VersionStages: ['AWSCURRENT'],
  };
}

function describeSecret(
  store: SecretStore,
  secrets: readonly SecretDefinition[],
  input: JsonObject,
): JsonObject {
  onlyMembers(input, ['SecretId']);
  const secret = findSecret(secrets, requiredString(input, 'SecretId'));
  const { current, previous } = store.read(secret.secretArn);
  return {
    ARN: secret.secretArn,
    Name: secret.name,
    ...(current === undefined
      ? {}
      : {
          VersionIdsToStages: {
            [current.versionId]: ['AWSCURRENT'],
            ...(previous === undefined ? {} : { [previous.versionId]: ['AWSPREVIOUS'] }),
          },
        }),
  };
}

function findSecret(secrets: readonly SecretDefinition[], secretId: string): SecretDefinition {
  const found = secrets.find((secret) => secret.secretArn === secretId || secret.name === secretId);
  if (found !== undefined) return found;
  throw new ServiceError(
    'ResourceNotFoundException',
    "Secrets Manager can't find the specified secret.",
  );
}

/** A password as GenerateSecretString makes it: letters, digits and punctuation less the excluded characters. */
export function generatePassword(
  length: number,
  excludeCharacters: string,
  excludePunctuation: boolean,
): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
  const punctuation = excludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';
  const alphabet = Array.from(letters + punctuation).filter(
    (character) => !excludeCharacters.includes(character),
  );
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)] ?? '').join('');
}
