import { randomBytes } from 'node:crypto';
import { DataKeys } from '../credentials/data-key';
import { createKmsKeyEncryption } from '../credentials/kms-key-encryption';
import { SessionTokens } from '../credentials/session-token';
import { partitionOf } from '../identity/arns';
import { WORKLOAD_SERVICES } from '../identity/workload-services';
import { IamError } from '../protocol/errors';
import { DynamoDbStore } from '../store/dynamodb-store';
import {
  issueWorkloadSession,
  type AskedWorkloadSession,
  type WorkloadSession,
  type WorkloadSessionOptions,
} from './workload-sessions';

/** What the function answers: a session, or why there is none. */
export type WorkloadAnswer =
  | { readonly Session: WorkloadSession }
  | { readonly Error: { readonly Code: string; readonly Message: string } };

let options: Omit<WorkloadSessionOptions, 'now'> | undefined;

/**
 * Gives a workload the credentials of its role. No API leads here: AWS's own permission to invoke this function is what proves that the
 * caller runs the workload, and the role's trust policy says whether it may.
 *
 * Environment: IDENTITIES_TABLE, POLICIES_TABLE, KMS_KEY_ID, AWS_REGION. Errors: Error where one is missing; an outage rejects.
 */
export async function handler(event: unknown): Promise<WorkloadAnswer> {
  options ??= createOptions(process.env);
  try {
    const asked = readWorkloadRequest(event);
    return { Session: await issueWorkloadSession({ ...options, now: Date.now() }, asked) };
  } catch (error) {
    if (error instanceof IamError) {
      return { Error: { Code: error.code, Message: error.message } };
    }
    throw error;
  }
}

function createOptions(environment: NodeJS.ProcessEnv): Omit<WorkloadSessionOptions, 'now'> {
  const variable = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === '') {
      throw new Error(`the environment has no ${name}`);
    }
    return value;
  };
  const store = new DynamoDbStore({
    identitiesTable: variable('IDENTITIES_TABLE'),
    policiesTable: variable('POLICIES_TABLE'),
  });
  const keyEncryption = createKmsKeyEncryption(variable('KMS_KEY_ID'));
  const sessions = new SessionTokens(new DataKeys({ store, keyEncryption, clock: Date.now }));
  const region = variable('AWS_REGION');
  return {
    store,
    region,
    partition: partitionOf(region),
    randomBytes: (length) => randomBytes(length),
    sealSession: (claims) => sessions.seal(claims),
  };
}

/** Errors: ValidationError for whatever is no request, a member too many included. */
export function readWorkloadRequest(event: unknown): AskedWorkloadSession {
  const { Arn, Service, RoleSessionName, DurationSeconds, ...others } = (event ?? {}) as Record<
    string,
    unknown
  >;
  const service = WORKLOAD_SERVICES.find((known) => known === Service);
  if (
    typeof Arn !== 'string' ||
    Arn.length > 2048 ||
    service === undefined ||
    typeof RoleSessionName !== 'string' ||
    (DurationSeconds !== undefined && typeof DurationSeconds !== 'number') ||
    Object.keys(others).length > 0
  ) {
    throw new IamError(
      'ValidationError',
      `the event must be {Arn, Service, RoleSessionName, DurationSeconds?}, with a service of ${WORKLOAD_SERVICES.join(', ')}`,
    );
  }
  return { arn: Arn, service, sessionName: RoleSessionName, durationSeconds: DurationSeconds };
}
