import {
  DeleteServerCertificate$,
  GetServerCertificate$,
  ListServerCertificates$,
  UpdateServerCertificate$,
  UploadServerCertificate$,
  type DeleteServerCertificateRequest,
  type GetServerCertificateRequest,
  type GetServerCertificateResponse,
  type ListServerCertificatesRequest,
  type ListServerCertificatesResponse,
  type ServerCertificateMetadata,
  type UpdateServerCertificateRequest,
  type UploadServerCertificateRequest,
  type UploadServerCertificateResponse,
} from '@aws-sdk/client-iam';
import { iamArn, iamPathArn } from '../../identity/arns';
import type { ServerCertificateRecord } from '../../identity/certificate-entities';
import type { NameRecord } from '../../identity/entities';
import type { Found } from '../../identity/lookup';
import { readName, toAttributes } from '../../identity/records';
import { requestTagContext } from '../../identity/tags';
import { createUniqueId } from '../../identity/unique-ids';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage } from '../../operations/paging';
import { namePartition, serverCertificateKey } from '../../store/keys';
import type { Item } from '../../store/store';
import { countStep, discountStep } from '../account-steps';
import { releaseNameStep, renameSteps, takeNameStep } from '../names';
import { checkTagQuota, readTags } from '../requested-tags';
import {
  checkServerCertificate,
  findServerCertificate,
  foundServerCertificate,
  onServerCertificate,
  requireServerCertificate,
  serverCertificateExists,
} from '../server-certificates';
import { viewTags } from '../views';

const uploadServerCertificate: Operation<
  UploadServerCertificateRequest,
  UploadServerCertificateResponse
> = {
  name: 'UploadServerCertificate',
  schema: UploadServerCertificate$,
  accessLevel: 'Write',
  route: 'POST /server-certificates',
  authorization: {
    action: 'iam:UploadServerCertificate',
    resourceType: 'server-certificate',
    resources: (input, call) => [
      iamArn(call, 'server-certificate', input.Path ?? '/', input.ServerCertificateName),
    ],
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  },
  errors: [
    'ConcurrentModification',
    'EntityAlreadyExists',
    'InvalidInput',
    'KeyPairMismatch',
    'LimitExceeded',
    'MalformedCertificate',
  ],
  run: async (input, call) => {
    const { PrivateKey } = input;
    // Files end with a line break, certificates do not: Terraform compares what it is told with the text of its file, trimmed.
    const CertificateBody = input.CertificateBody.trim();
    const CertificateChain = input.CertificateChain?.trim();
    const ServerCertificateId = createUniqueId('ASCA', call.randomBytes);
    const certificate: ServerCertificateRecord = {
      ServerCertificateName: input.ServerCertificateName,
      ServerCertificateId,
      Path: input.Path ?? '/',
      UploadDate: call.now,
      Expiration: checkServerCertificate(call, CertificateBody, PrivateKey, CertificateChain),
      CertificateBody,
      CertificateChain,
      SealedPrivateKey: await call.sealSecret(PrivateKey, {
        table: 'identities',
        ownerId: ServerCertificateId,
        keyId: 'PrivateKey',
      }),
      Tags: readTags(input.Tags),
    };
    const { TagsPerServerCertificate, ServerCertificatesPerAccount } = call.quotas;
    checkTagQuota(certificate.Tags, 'TagsPerServerCertificate', TagsPerServerCertificate);
    const key = serverCertificateKey(call.accountId, ServerCertificateId);
    const { ServerCertificateName: name } = certificate;
    await commit(call, [
      takeNameStep(call, 'ServerCertificate', nameOf(certificate), serverCertificateExists(name)),
      {
        write: {
          kind: 'put',
          key,
          attributes: toAttributes(certificate),
          condition: { exists: false },
        },
      },
      countStep(
        call,
        'ServerCertificateCount',
        'ServerCertificatesPerAccount',
        ServerCertificatesPerAccount,
      ),
    ]);
    const arn = iamArn(call, 'server-certificate', certificate.Path, name);
    return {
      ServerCertificateMetadata: viewMetadata({ entity: certificate, arn, key, revision: 1 }),
      ...(certificate.Tags.length === 0 ? {} : { Tags: viewTags(certificate.Tags) }),
    };
  },
};

function nameOf(certificate: ServerCertificateRecord): NameRecord {
  return {
    Id: certificate.ServerCertificateId,
    Name: certificate.ServerCertificateName,
    Path: certificate.Path,
  };
}

function viewMetadata({ entity, arn }: Found<ServerCertificateRecord>): ServerCertificateMetadata {
  return {
    Path: entity.Path,
    ServerCertificateName: entity.ServerCertificateName,
    ServerCertificateId: entity.ServerCertificateId,
    Arn: arn,
    UploadDate: new Date(entity.UploadDate),
    Expiration: new Date(entity.Expiration),
  };
}

/** Never with its private key. */
const getServerCertificate: Operation<GetServerCertificateRequest, GetServerCertificateResponse> = {
  name: 'GetServerCertificate',
  schema: GetServerCertificate$,
  accessLevel: 'Read',
  route: 'GET /server-certificates/{ServerCertificateName}',
  authorization: onServerCertificate('iam:GetServerCertificate'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const certificate = await requireServerCertificate(call, input.ServerCertificateName);
    const { CertificateBody, CertificateChain, Tags } = certificate.entity;
    return {
      ServerCertificate: {
        ServerCertificateMetadata: viewMetadata(certificate),
        CertificateBody,
        ...(CertificateChain === undefined ? {} : { CertificateChain }),
        ...(Tags.length === 0 ? {} : { Tags: viewTags(Tags) }),
      },
    };
  },
};

const listServerCertificates: Operation<
  ListServerCertificatesRequest,
  ListServerCertificatesResponse
> = {
  name: 'ListServerCertificates',
  schema: ListServerCertificates$,
  accessLevel: 'List',
  route: 'GET /server-certificates',
  authorization: {
    action: 'iam:ListServerCertificates',
    resourceType: 'server-certificate',
    resources: (input, call) => [iamPathArn(call, 'server-certificate', input.PathPrefix ?? '/')],
    conditionKeys: [],
  },
  errors: [],
  run: async (input, call) => {
    const names = namePartition('ServerCertificate', call.accountId);
    const { rows, end } = await takePage(call, input, (after) =>
      queryEntries(call, { ...names, after }, input.MaxItems, (items) =>
        viewNamed(call, items, input.PathPrefix ?? '/'),
      ),
    );
    return { ServerCertificateMetadataList: rows, ...end };
  },
};

async function viewNamed(
  call: Call,
  items: readonly Item[],
  pathPrefix: string,
): Promise<readonly (ServerCertificateMetadata | undefined)[]> {
  const names = items.map(readName);
  const wanted = names.filter((name) => name.Path.startsWith(pathPrefix));
  const keys = wanted.map((name) => serverCertificateKey(call.accountId, name.Id));
  const found = await call.store.getMany(keys, { consistent: true });
  const byId = new Map(
    found.flatMap((item) => {
      if (item === undefined) return [];
      const certificate = foundServerCertificate(call, item);
      return [[certificate.entity.ServerCertificateId, viewMetadata(certificate)] as const];
    }),
  );
  return names.map((name) => byId.get(name.Id));
}

const updateServerCertificate: Operation<UpdateServerCertificateRequest, void> = {
  name: 'UpdateServerCertificate',
  schema: UpdateServerCertificate$,
  accessLevel: 'Write',
  route: 'PATCH /server-certificates/{ServerCertificateName}',
  authorization: onServerCertificate<UpdateServerCertificateRequest>(
    'iam:UpdateServerCertificate',
    {
      // "the entity making the request must have permission on both the source object and the target object"
      resources: async (input, call) => {
        const { Path: path, ServerCertificateName: name } = (
          await findServerCertificate(call, input.ServerCertificateName)
        )?.entity ?? { Path: '/', ...input };
        const source = iamArn(call, 'server-certificate', path, name);
        const target = iamArn(
          call,
          'server-certificate',
          input.NewPath ?? path,
          input.NewServerCertificateName ?? name,
        );
        return [...new Set([source, target])];
      },
    },
  ),
  errors: ['ConcurrentModification', 'EntityAlreadyExists', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity, key, revision } = await requireServerCertificate(
      call,
      input.ServerCertificateName,
    );
    const before = nameOf(entity);
    const after = {
      ...before,
      Name: input.NewServerCertificateName ?? before.Name,
      Path: input.NewPath ?? before.Path,
    };
    const taken = serverCertificateExists(after.Name);
    await commit(call, [
      ...renameSteps(call, 'ServerCertificate', before, after, taken),
      {
        write: {
          kind: 'update',
          key,
          set: { ServerCertificateName: after.Name, Path: after.Path },
          condition: { exists: true, revision },
        },
      },
    ]);
  },
};

const deleteServerCertificate: Operation<DeleteServerCertificateRequest, void> = {
  name: 'DeleteServerCertificate',
  schema: DeleteServerCertificate$,
  accessLevel: 'Write',
  route: 'DELETE /server-certificates/{ServerCertificateName}',
  authorization: onServerCertificate('iam:DeleteServerCertificate'),
  errors: ['ConcurrentModification', 'DeleteConflict', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity, key, revision } = await requireServerCertificate(
      call,
      input.ServerCertificateName,
    );
    await commit(call, [
      releaseNameStep(call, 'ServerCertificate', nameOf(entity)),
      { write: { kind: 'delete', key, condition: { exists: true, revision } } },
      discountStep(call, 'ServerCertificateCount'),
    ]);
  },
};

export const serverCertificateOperations: readonly AnyOperation[] = [
  uploadServerCertificate,
  getServerCertificate,
  listServerCertificates,
  updateServerCertificate,
  deleteServerCertificate,
];
