import {
  DeleteSSHPublicKey$,
  GetSSHPublicKey$,
  ListSSHPublicKeys$,
  UpdateSSHPublicKey$,
  UploadSSHPublicKey$,
  type DeleteSSHPublicKeyRequest,
  type GetSSHPublicKeyRequest,
  type GetSSHPublicKeyResponse,
  type ListSSHPublicKeysRequest,
  type ListSSHPublicKeysResponse,
  type SSHPublicKey,
  type UpdateSSHPublicKeyRequest,
  type UploadSSHPublicKeyRequest,
  type UploadSSHPublicKeyResponse,
} from '@aws-sdk/client-iam';
import {
  readSshPublicKey as readKey,
  type PublicKeyProblem,
} from '../../credentials/ssh-public-key';
import type { SshPublicKeyRecord } from '../../identity/certificate-entities';
import { readSshPublicKey } from '../../identity/certificate-records';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePage } from '../../operations/paging';
import { userNameNeeded } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import { findCredentialOwner, type CredentialOwner } from '../credential-owners';
import {
  addOwnedSteps,
  changeOwnedStep,
  checkOwnedQuota,
  listOwned,
  readOwned,
  readStatus,
  removeOwnedSteps,
  requireOwned,
  type Owned,
} from '../owned-credentials';
import { onUser } from '../targets';

/** The user of that name; without a name, the caller. Root has no SSH keys. */
async function findKeyUser(call: Call, userName: string | undefined): Promise<CredentialOwner> {
  const owner = await findCredentialOwner(call, userName);
  if (owner.kind === 'Root') {
    throw userNameNeeded();
  }
  return owner;
}

const PROBLEMS: Readonly<Record<PublicKeyProblem, string>> = {
  InvalidPublicKey: 'The public key is malformed or otherwise invalid.',
  UnrecognizedPublicKeyEncoding: 'The public key encoding format is unsupported or unrecognized.',
};

const uploadSSHPublicKey: Operation<UploadSSHPublicKeyRequest, UploadSSHPublicKeyResponse> = {
  name: 'UploadSSHPublicKey',
  schema: UploadSSHPublicKey$,
  accessLevel: 'Write',
  route: 'POST /users/{UserName}/ssh-public-keys',
  authorization: onUser('iam:UploadSSHPublicKey'),
  errors: [
    'DuplicateSSHPublicKey',
    'InvalidPublicKey',
    'LimitExceeded',
    'NoSuchEntity',
    'UnrecognizedPublicKeyEncoding',
  ],
  run: async (input, call) => {
    const owner = await findKeyUser(call, input.UserName);
    const read = readKey(input.SSHPublicKeyBody);
    if (typeof read === 'string') {
      throw new IamError(read, PROBLEMS[read]);
    }
    const present = await readOwned(call, owner, 'SSHPublicKey', readSshPublicKey);
    if (present.some(({ SSHPublicKeyBody }) => SSHPublicKeyBody === read.ssh)) {
      throw new IamError(
        'DuplicateSSHPublicKey',
        'The SSH public key is already associated with the specified IAM user.',
      );
    }
    const { SSHPublicKeysPerUser: quota } = call.quotas;
    checkOwnedQuota(owner, 'SSHPublicKeyCount', 'SSHPublicKeysPerUser', quota);
    const key: SshPublicKeyRecord = {
      SSHPublicKeyId: createUniqueId('APKA', call.randomBytes),
      SSHPublicKeyBody: read.ssh,
      Fingerprint: read.fingerprint,
      Status: 'Active',
      UploadDate: call.now,
    };
    await commit(call, addOwnedSteps(call, owner, 'SSHPublicKey', key.SSHPublicKeyId, key));
    return { SSHPublicKey: { ...viewKey(owner, key), SSHPublicKeyBody: input.SSHPublicKeyBody } };
  },
};

function viewKey(owner: CredentialOwner, key: SshPublicKeyRecord): SSHPublicKey {
  return {
    UserName: owner.userName,
    SSHPublicKeyId: key.SSHPublicKeyId,
    Fingerprint: key.Fingerprint,
    SSHPublicKeyBody: key.SSHPublicKeyBody,
    Status: key.Status,
    UploadDate: new Date(key.UploadDate),
  };
}

function requireKey(
  call: Call,
  owner: CredentialOwner,
  id: string,
): Promise<Owned<SshPublicKeyRecord>> {
  const missing = new IamError('NoSuchEntity', `The Public Key with id ${id} cannot be found.`);
  return requireOwned(call, owner, 'SSHPublicKey', id, readSshPublicKey, missing);
}

const getSSHPublicKey: Operation<GetSSHPublicKeyRequest, GetSSHPublicKeyResponse> = {
  name: 'GetSSHPublicKey',
  schema: GetSSHPublicKey$,
  accessLevel: 'Read',
  route: 'GET /users/{UserName}/ssh-public-keys/{SSHPublicKeyId}',
  authorization: onUser('iam:GetSSHPublicKey'),
  errors: ['NoSuchEntity', 'UnrecognizedPublicKeyEncoding'],
  run: async (input, call) => {
    const owner = await findKeyUser(call, input.UserName);
    const { credential } = await requireKey(call, owner, input.SSHPublicKeyId);
    const read = readKey(credential.SSHPublicKeyBody);
    if (typeof read === 'string') {
      throw new Error(`the stored key ${credential.SSHPublicKeyId} cannot be read: ${read}`);
    }
    const body = input.Encoding === 'PEM' ? read.pem : read.ssh;
    return { SSHPublicKey: { ...viewKey(owner, credential), SSHPublicKeyBody: body } };
  },
};

const listSSHPublicKeys: Operation<ListSSHPublicKeysRequest, ListSSHPublicKeysResponse> = {
  name: 'ListSSHPublicKeys',
  schema: ListSSHPublicKeys$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/ssh-public-keys',
  authorization: onUser('iam:ListSSHPublicKeys'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findKeyUser(call, input.UserName);
    const { rows, end } = await takePage(
      call,
      input,
      listOwned(call, owner, 'SSHPublicKey', input, (item) => {
        const { UserName, SSHPublicKeyId, Status, UploadDate } = viewKey(
          owner,
          readSshPublicKey(item),
        );
        return { UserName, SSHPublicKeyId, Status, UploadDate };
      }),
      ({ UploadDate }) => UploadDate,
    );
    return { SSHPublicKeys: rows, ...end };
  },
};

const updateSSHPublicKey: Operation<UpdateSSHPublicKeyRequest, void> = {
  name: 'UpdateSSHPublicKey',
  schema: UpdateSSHPublicKey$,
  accessLevel: 'Write',
  route: 'PUT /users/{UserName}/ssh-public-keys/{SSHPublicKeyId}',
  authorization: onUser('iam:UpdateSSHPublicKey'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const status = readStatus(input.Status);
    const owner = await findKeyUser(call, input.UserName);
    const key = await requireKey(call, owner, input.SSHPublicKeyId);
    await commit(call, [changeOwnedStep(key, { Status: status })]);
  },
};

const deleteSSHPublicKey: Operation<DeleteSSHPublicKeyRequest, void> = {
  name: 'DeleteSSHPublicKey',
  schema: DeleteSSHPublicKey$,
  accessLevel: 'Write',
  route: 'DELETE /users/{UserName}/ssh-public-keys/{SSHPublicKeyId}',
  authorization: onUser('iam:DeleteSSHPublicKey'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findKeyUser(call, input.UserName);
    const key = await requireKey(call, owner, input.SSHPublicKeyId);
    await commit(call, removeOwnedSteps(owner, 'SSHPublicKey', key));
  },
};

export const sshPublicKeyOperations: readonly AnyOperation[] = [
  uploadSSHPublicKey,
  getSSHPublicKey,
  listSSHPublicKeys,
  updateSSHPublicKey,
  deleteSSHPublicKey,
];
