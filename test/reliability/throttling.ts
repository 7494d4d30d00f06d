import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  GetUserCommand,
  type IAMClient,
  ListAccessKeysCommand,
  PutUserPolicyCommand,
  TagUserCommand,
} from '@aws-sdk/client-iam';
import type { Json } from '../../local/dynamodb/operations';
import { ServiceError } from '../../local/dynamodb/service-error';
import type { StoreRequest } from '../harness/in-process';
import { deployOnEngine } from '../operations/engine-deployment';
import { HARMLESS } from '../operations/scenery';

/* Admin calls while DynamoDB throttles some of the store's requests, in each of the ways in which it says so. */

export interface ThrottlingReport {
  readonly calls: number;
  readonly failed: number;
  /** Requests to DynamoDB, those that were throttled with them. */
  readonly requests: number;
}

/** `users` lives of a user, `clients` at once. `isThrottled` is asked for every request. */
export async function administerThrottled(options: {
  readonly users: number;
  readonly clients: number;
  readonly isThrottled: () => boolean;
}): Promise<ThrottlingReport> {
  let requests = 0;
  const deployment = await deployOnEngine((request) => {
    requests += 1;
    return options.isThrottled() ? throttle(request) : undefined;
  });
  const client = deployment.iam();
  const outcomes: boolean[] = [];
  let next = 0;
  const live = async (): Promise<void> => {
    while (next < options.users) {
      next += 1;
      outcomes.push(...(await liveOnce(client, `user-${next}`)));
    }
  };
  await Promise.all(Array.from({ length: options.clients }, live));
  await deployment.close();
  const failed = outcomes.filter((hasSucceeded) => !hasSucceeded).length;
  return { calls: outcomes.length, failed, requests };
}

/** Whether each call succeeded, up to the first that did not. Errors: any but an outage. */
async function liveOnce(client: IAMClient, UserName: string): Promise<boolean[]> {
  const policy = { UserName, PolicyName: 'own' };
  let AccessKeyId = '';
  const calls: (() => Promise<unknown>)[] = [
    () => client.send(new CreateUserCommand({ UserName })),
    () => client.send(new TagUserCommand({ UserName, Tags: [{ Key: 'team', Value: 'blue' }] })),
    () => client.send(new PutUserPolicyCommand({ ...policy, PolicyDocument: HARMLESS })),
    () => client.send(new GetUserCommand({ UserName })),
    async () => {
      const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName }));
      AccessKeyId = AccessKey?.AccessKeyId ?? '';
    },
    () => client.send(new ListAccessKeysCommand({ UserName })),
    () => client.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId })),
    () => client.send(new DeleteUserPolicyCommand(policy)),
    () => client.send(new DeleteUserCommand({ UserName })),
  ];
  const outcomes: boolean[] = [];
  for (const call of calls) {
    try {
      await call();
      outcomes.push(true);
    } catch (error) {
      const { name } = error as Error;
      if (!/^ServiceUnavailable/.test(name)) throw error;
      return [...outcomes, false];
    }
  }
  return outcomes;
}

/** As DynamoDB says it for the operation. */
function throttle({ operation, input }: StoreRequest): Json {
  switch (operation) {
    case 'BatchGetItem':
      return { Responses: {}, UnprocessedKeys: input['RequestItems'] };
    case 'TransactWriteItems':
      throw new ServiceError('TransactionCanceledException', 'cancelled', {
        CancellationReasons: (input['TransactItems'] as unknown[]).map((_, position) => ({
          Code: position === 0 ? 'ThrottlingError' : 'None',
        })),
      });
    default:
      throw new ServiceError('ProvisionedThroughputExceededException', 'slow down');
  }
}
