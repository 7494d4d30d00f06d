import { randomBytes } from 'node:crypto';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { DataKeys } from '../credentials/data-key';
import { createKmsKeyEncryption } from '../credentials/kms-key-encryption';
import { isPassword } from '../credentials/password-hash';
import { partitionOf } from '../identity/arns';
import { DEFAULT_QUOTAS } from '../identity/quotas';
import { readProxyEvent, writeProxyResult } from '../protocol/rest-event';
import { DynamoDbStore } from '../store/dynamodb-store';
import { readRelyingParty } from './relying-party';
import { SignInService } from './service';

let service: SignInService | undefined;

/** The proxy integration of `/signin`. Everything is made when the first call comes, and kept. */
export async function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  service ??= createService(process.env);
  return writeProxyResult(await service.handle(readProxyEvent(event)));
}

/** Errors: Error where a variable is missing, or is not what it should be: a wrongly deployed function must not start. */
function createService(variables: NodeJS.ProcessEnv): SignInService {
  const region = requireVariable(variables, 'AWS_REGION');
  const store = new DynamoDbStore({
    identitiesTable: requireVariable(variables, 'IDENTITIES_TABLE'),
    policiesTable: requireVariable(variables, 'POLICIES_TABLE'),
  });
  const keyEncryption = createKmsKeyEncryption(requireVariable(variables, 'KMS_KEY_ID'));
  return new SignInService({
    store,
    dataKeys: new DataKeys({ store, keyEncryption, clock: Date.now }),
    partition: partitionOf(region),
    region,
    relyingParty: readRelyingParty(variables['SIGN_IN_ORIGINS'] ?? ''),
    mfaDeviceQuota: DEFAULT_QUOTAS.MFADevicesPerUser,
    now: Date.now,
    randomBytes: (length) => randomBytes(length),
    isPassword,
    log: (entry) => {
      process.stdout.write(`${JSON.stringify(entry)}\n`);
    },
  });
}

function requireVariable(variables: NodeJS.ProcessEnv, name: string): string {
  const value = variables[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is missing`);
  }
  return value;
}
