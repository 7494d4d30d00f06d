import {
  CreateServiceSpecificCredential$,
  DeleteServiceSpecificCredential$,
  ListServiceSpecificCredentials$,
  ResetServiceSpecificCredential$,
  UpdateServiceSpecificCredential$,
  type CreateServiceSpecificCredentialRequest,
  type CreateServiceSpecificCredentialResponse,
  type DeleteServiceSpecificCredentialRequest,
  type ListServiceSpecificCredentialsRequest,
  type ListServiceSpecificCredentialsResponse,
  type ResetServiceSpecificCredentialRequest,
  type ResetServiceSpecificCredentialResponse,
  type UpdateServiceSpecificCredentialRequest,
} from '@aws-sdk/client-iam';
import type { ConditionContext } from '../../core/request-context';
import { hashPassword } from '../../credentials/password-hash';
import { iamArn } from '../../identity/arns';
import type { ServiceSpecificCredentialRecord } from '../../identity/certificate-entities';
import { readServiceSpecificCredential } from '../../identity/certificate-records';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Authorization, Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePage, takePageOf } from '../../operations/paging';
import { quotaExceeded } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import {
  addOwnedSteps,
  changeOwnedStep,
  listOwned,
  readOwned,
  readStatus,
  removeOwnedSteps,
} from '../owned-credentials';
import {
  checkCredentialAge,
  checkService,
  createServicePassword,
  findServiceUser,
  readOfAllUsers,
  requireServiceCredential,
  serviceUserName,
  viewListedCredential,
  viewNewCredential,
} from '../service-credentials';
import { onUser } from '../targets';

const DAY_MILLISECONDS = 86_400_000;

const KIND = 'ServiceSpecificCredential';

const createServiceSpecificCredential: Operation<
  CreateServiceSpecificCredentialRequest,
  CreateServiceSpecificCredentialResponse
> = {
  name: 'CreateServiceSpecificCredential',
  schema: CreateServiceSpecificCredential$,
  accessLevel: 'Write',
  route: 'POST /users/{UserName}/service-specific-credentials',
  authorization: onUser('iam:CreateServiceSpecificCredential', {
    conditionKeys: [
      'iam:ServiceSpecificCredentialAgeDays',
      'iam:ServiceSpecificCredentialServiceName',
    ],
    context: (input) => ({
      'iam:ServiceSpecificCredentialServiceName': input.ServiceName,
      ...(input.CredentialAgeDays === undefined
        ? {}
        : { 'iam:ServiceSpecificCredentialAgeDays': String(input.CredentialAgeDays) }),
    }),
  }),
  errors: ['LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findServiceUser(call, input.UserName);
    checkService(input.ServiceName);
    checkCredentialAge(input.ServiceName, input.CredentialAgeDays);
    const present = await readOwned(call, owner, KIND, readServiceSpecificCredential);
    const ofService = present.filter(({ ServiceName }) => ServiceName === input.ServiceName);
    const { ServiceSpecificCredentialsPerServicePerUser: quota } = call.quotas;
    if (ofService.length >= quota) {
      throw quotaExceeded('ServiceSpecificCredentialsPerUser', quota);
    }
    const password = createServicePassword(call);
    const credential: ServiceSpecificCredentialRecord = {
      ServiceSpecificCredentialId: createUniqueId('ACCA', call.randomBytes),
      ServiceName: input.ServiceName,
      ServiceUserName: serviceUserName(call, owner, ofService),
      Password: await hashPassword(password, call.randomBytes),
      Status: 'Active',
      CreateDate: call.now,
      ExpirationDate:
        input.CredentialAgeDays === undefined
          ? undefined
          : call.now + input.CredentialAgeDays * DAY_MILLISECONDS,
    };
    const { ServiceSpecificCredentialId: id } = credential;
    await commit(call, addOwnedSteps(call, owner, KIND, id, credential));
    return { ServiceSpecificCredential: viewNewCredential(owner, credential, password) };
  },
};

const listServiceSpecificCredentials: Operation<
  ListServiceSpecificCredentialsRequest,
  ListServiceSpecificCredentialsResponse
> = {
  name: 'ListServiceSpecificCredentials',
  schema: ListServiceSpecificCredentials$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/service-specific-credentials',
  authorization: onUserOrAll('iam:ListServiceSpecificCredentials'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const { ServiceName: wanted } = input;
    if (wanted !== undefined) {
      checkService(wanted);
    }
    if (input.AllUsers === true) {
      return listOfAllUsers(input, call);
    }
    const owner = await findServiceUser(call, input.UserName);
    const { rows, end } = await takePage(
      call,
      input,
      listOwned(call, owner, KIND, input, (item) => {
        const credential = readServiceSpecificCredential(item);
        return wanted === undefined || credential.ServiceName === wanted
          ? viewListedCredential(call, owner, credential)
          : undefined;
      }),
      ({ CreateDate }) => CreateDate,
    );
    // AWS says whether there is more only where there is.
    return { ServiceSpecificCredentials: rows, ...(end.IsTruncated ? end : {}) };
  },
};

async function listOfAllUsers(
  input: ListServiceSpecificCredentialsRequest,
  call: Call,
): Promise<ListServiceSpecificCredentialsResponse> {
  if (input.UserName !== undefined || input.ServiceName === undefined) {
    throw new IamError(
      'ValidationError',
      'AllUsers must be specified with a ServiceName and without a UserName.',
    );
  }
  const all = await readOfAllUsers(call, input.ServiceName);
  const { rows, end } = await takePageOf(call, input, all, (credential) =>
    String(credential.ServiceSpecificCredentialId),
  );
  return { ServiceSpecificCredentials: rows, ...end };
}

/** On the user that the input names, or on all users. */
function onUserOrAll(action: string): Authorization<ListServiceSpecificCredentialsRequest> {
  const authorization = onUser<ListServiceSpecificCredentialsRequest>(action);
  return {
    ...authorization,
    resources: (input, call) =>
      input.AllUsers === true
        ? [iamArn(call, 'user', '/', '*')]
        : authorization.resources(input, call),
    resourceName: (input, call) =>
      input.AllUsers === true
        ? iamArn(call, 'user', '/', '*')
        : (authorization.resourceName?.(input, call) ?? ''),
    context: (input, call) =>
      input.AllUsers === true ? {} : (authorization.context?.(input, call) ?? {}),
  };
}

/** On the user, with the service of the credential that the input has. */
function onCredential<
  Input extends { UserName?: string | undefined; ServiceSpecificCredentialId: string | undefined },
>(action: string): Authorization<Input> {
  return onUser<Input>(action, {
    conditionKeys: ['iam:ServiceSpecificCredentialServiceName'],
    context: async (input, call) => {
      const { UserName, ServiceSpecificCredentialId } = input as {
        UserName?: string;
        ServiceSpecificCredentialId: string;
      };
      const found = await requireServiceCredential(
        call,
        UserName,
        ServiceSpecificCredentialId,
      ).catch((error: unknown) => {
        if (error instanceof IamError) return undefined;
        throw error;
      });
      const service: ConditionContext =
        found === undefined
          ? {}
          : { 'iam:ServiceSpecificCredentialServiceName': found.owned.credential.ServiceName };
      return service;
    },
  });
}

const updateServiceSpecificCredential: Operation<UpdateServiceSpecificCredentialRequest, void> = {
  name: 'UpdateServiceSpecificCredential',
  schema: UpdateServiceSpecificCredential$,
  accessLevel: 'Write',
  route: 'PUT /users/{UserName}/service-specific-credentials/{ServiceSpecificCredentialId}',
  authorization: onCredential('iam:UpdateServiceSpecificCredential'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const status = readStatus(input.Status);
    const { owned } = await requireServiceCredential(
      call,
      input.UserName,
      input.ServiceSpecificCredentialId,
    );
    await commit(call, [changeOwnedStep(owned, { Status: status })]);
  },
};

/** Another password; a credential that is inactive stays so. */
const resetServiceSpecificCredential: Operation<
  ResetServiceSpecificCredentialRequest,
  ResetServiceSpecificCredentialResponse
> = {
  name: 'ResetServiceSpecificCredential',
  schema: ResetServiceSpecificCredential$,
  accessLevel: 'Write',
  route:
    'POST /users/{UserName}/service-specific-credentials/{ServiceSpecificCredentialId}/password',
  authorization: onCredential('iam:ResetServiceSpecificCredential'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const { owner, owned } = await requireServiceCredential(
      call,
      input.UserName,
      input.ServiceSpecificCredentialId,
    );
    const password = createServicePassword(call);
    const Password = await hashPassword(password, call.randomBytes);
    await commit(call, [changeOwnedStep(owned, { Password })]);
    return { ServiceSpecificCredential: viewNewCredential(owner, owned.credential, password) };
  },
};

const deleteServiceSpecificCredential: Operation<DeleteServiceSpecificCredentialRequest, void> = {
  name: 'DeleteServiceSpecificCredential',
  schema: DeleteServiceSpecificCredential$,
  accessLevel: 'Write',
  route: 'DELETE /users/{UserName}/service-specific-credentials/{ServiceSpecificCredentialId}',
  authorization: onCredential('iam:DeleteServiceSpecificCredential'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const { owner, owned } = await requireServiceCredential(
      call,
      input.UserName,
      input.ServiceSpecificCredentialId,
    );
    await commit(call, removeOwnedSteps(owner, KIND, owned));
  },
};

export const serviceSpecificCredentialOperations: readonly AnyOperation[] = [
  createServiceSpecificCredential,
  listServiceSpecificCredentials,
  updateServiceSpecificCredential,
  resetServiceSpecificCredential,
  deleteServiceSpecificCredential,
];
