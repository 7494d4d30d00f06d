import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { AuthorizationMessages } from '../credentials/authorization-message';
import { DataKeys } from '../credentials/data-key';
import { IdentityTokens } from '../credentials/oidc/identity-tokens';
import { IssuerKeys } from '../credentials/oidc/issuer-keys';
import { createKmsKeyEncryption } from '../credentials/kms-key-encryption';
import { OpaqueMarkers } from '../credentials/opaque-marker';
import { SealedSecrets } from '../credentials/sealed-secret';
import { SessionTokens } from '../credentials/session-token';
import { createBearerTokens } from '../credentials/sign-in-tokens';
import { SigningKeyCache } from '../credentials/signing-key-cache';
import { partitionOf } from '../identity/arns';
import { DEFAULT_QUOTAS } from '../identity/quotas';
import { readProxyEvent, writeProxyResult } from '../protocol/rest-event';
import { DynamoDbStore } from '../store/dynamodb-store';
import type { FederationOptions } from './federation';
import type { OperationTable } from './operation-table';
import { AdminService } from './service';

/** What API Gateway calls: the proxy integration of a service's routes. */
export type FunctionHandler = (event: APIGatewayProxyEvent) => Promise<APIGatewayProxyResult>;

/**
 * The function of one service, with everything that it keeps between calls.
 *
 * Environment: IDENTITIES_TABLE, POLICIES_TABLE, KMS_KEY_ID, AWS_REGION, ADMIN_ENDPOINT_URL, and in a local run
 * ALLOW_LOOPBACK_ISSUERS. Errors: Error where one is missing.
 */
export function createFunction(
  table: OperationTable,
  environment: NodeJS.ProcessEnv = process.env,
): FunctionHandler {
  const store = new DynamoDbStore({
    identitiesTable: requireVariable(environment, 'IDENTITIES_TABLE'),
    policiesTable: requireVariable(environment, 'POLICIES_TABLE'),
  });
  const keyEncryption = createKmsKeyEncryption(requireVariable(environment, 'KMS_KEY_ID'));
  const dataKeys = new DataKeys({ store, keyEncryption, clock: Date.now });
  const region = requireVariable(environment, 'AWS_REGION');
  const service = new AdminService({
    table,
    store,
    secrets: new SealedSecrets(dataKeys),
    sessions: new SessionTokens(dataKeys),
    bearerTokens: createBearerTokens(dataKeys),
    messages: new AuthorizationMessages(dataKeys),
    markers: new OpaqueMarkers(dataKeys),
    signingKeys: new SigningKeyCache(),
    federation: createFederation(environment),
    adminEndpointUrl: requireVariable(environment, 'ADMIN_ENDPOINT_URL'),
    quotas: DEFAULT_QUOTAS,
    partition: partitionOf(region),
    region,
    now: Date.now,
    randomBytes: (length) => randomBytes(length),
    pause: async (milliseconds) => {
      await pause(milliseconds);
    },
    log: (entry) => {
      process.stdout.write(`${JSON.stringify(entry)}\n`);
    },
  });
  return async (event) => writeProxyResult(await service.handle(readProxyEvent(event)));
}

/**
 * For this long a token still counts beyond its end.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc.html
 */
const CLOCK_TOLERANCE_SECONDS = 300;

function createFederation(environment: NodeJS.ProcessEnv): FederationOptions {
  const reach = { allowLoopback: environment['ALLOW_LOOPBACK_ISSUERS'] === 'true' };
  const options = { ...reach, now: Date.now };
  const keys = new IssuerKeys(options);
  return {
    issuersUrl: `${requireVariable(environment, 'ADMIN_ENDPOINT_URL')}/issuers`,
    reach,
    identityTokens: new IdentityTokens({
      ...options,
      keys,
      clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
    }),
  };
}

/** A variable that the function's template sets; without it the function is deployed wrongly and must not start. */
function requireVariable(environment: NodeJS.ProcessEnv, name: string): string {
  const value = environment[name];
  if (value === undefined || value === '') {
    throw new Error(`the environment variable ${name} is missing`);
  }
  return value;
}
