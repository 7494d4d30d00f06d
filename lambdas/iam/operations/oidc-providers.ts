import {
  AddClientIDToOpenIDConnectProvider$,
  CreateOpenIDConnectProvider$,
  DeleteOpenIDConnectProvider$,
  GetOpenIDConnectProvider$,
  ListOpenIDConnectProviders$,
  RemoveClientIDFromOpenIDConnectProvider$,
  UpdateOpenIDConnectProviderThumbprint$,
  type AddClientIDToOpenIDConnectProviderRequest,
  type CreateOpenIDConnectProviderRequest,
  type CreateOpenIDConnectProviderResponse,
  type DeleteOpenIDConnectProviderRequest,
  type GetOpenIDConnectProviderRequest,
  type GetOpenIDConnectProviderResponse,
  type ListOpenIDConnectProvidersResponse,
  type OpenIDConnectProviderListEntry,
  type RemoveClientIDFromOpenIDConnectProviderRequest,
  type UpdateOpenIDConnectProviderThumbprintRequest,
} from '@aws-sdk/client-iam';
import { providerUrlOf, type IssuerReach } from '../../credentials/oidc/issuer-url';
import type { Found } from '../../identity/lookup';
import type { OpenIdConnectProviderRecord } from '../../identity/provider-entities';
import { readOpenIdConnectProvider } from '../../identity/provider-records';
import { toAttributes } from '../../identity/records';
import { requestTagContext } from '../../identity/tags';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { quotaExceeded } from '../../protocol/error-messages';
import { IamError } from '../../protocol/errors';
import { openIdConnectProviderKey, openIdConnectProviderPartition } from '../../store/keys';
import { countStep, discountStep } from '../account-steps';
import { readChildren } from '../children';
import {
  findOpenIdConnectProvider,
  onOpenIdConnectProvider,
  openIdConnectProviderArn,
  requireOpenIdConnectProvider,
} from '../providers';
import { checkTagQuota, readTags } from '../requested-tags';
import { viewTags } from '../views';

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html (ThumbprintList)
 */
const MAX_THUMBPRINTS = 5;

/** What may stand behind the scheme of an issuer on this machine, which has a port. */
const LOCAL_PATH = /^[\w.[\]:]+(\/[\w.~-]+)*\/?$/;

/**
 * The URL without `https://`. An issuer has a host and perhaps a path: no port, no query, nothing that two readers could read
 * differently. A slash at its end counts: `iss` is compared letter by letter. In a local run an issuer may be on this machine:
 * `http://localhost:8080/realms/orders`.
 *
 * Errors: ValidationError.
 */
function readIssuerUrl(url: string, reach: IssuerReach): string {
  const local = providerUrlOf(url, reach);
  if (local !== undefined && url.startsWith('http://') && LOCAL_PATH.test(local)) {
    return local;
  }
  const [, host = '', path = ''] =
    /^https:\/\/([A-Za-z0-9.-]+)(\/[\w.~!$&'()*+,;=:@%/-]*)?$/.exec(url) ?? [];
  const isHost = host
    .split('.')
    .every((label) => /^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label));
  if (host === '' || !isHost || /\/\.{0,2}\/|\/\.{1,2}$/.test(path)) {
    throw new IamError('ValidationError', 'Invalid Open ID Connect Provider URL');
  }
  return host + path;
}

/** Errors: InvalidInput, LimitExceeded. */
function readThumbprints(thumbprints: readonly string[]): readonly string[] {
  if (thumbprints.length > MAX_THUMBPRINTS) {
    throw new IamError(
      'InvalidInput',
      `Thumbprint list must contain fewer than ${MAX_THUMBPRINTS} entries.`,
    );
  }
  if (thumbprints.some((thumbprint) => !/^[0-9A-Fa-f]{40}$/.test(thumbprint))) {
    throw new IamError('InvalidInput', 'A thumbprint must be a hex-encoded SHA-1 hash.');
  }
  return [...new Set(thumbprints.map((thumbprint) => thumbprint.toLowerCase()))];
}

function checkClientIds(call: Call, clientIds: readonly string[]): void {
  const { ClientIdsPerOpenIDConnectProvider: quota } = call.quotas;
  if (clientIds.length > quota) {
    throw quotaExceeded('ClientIdsPerOpenIdConnectProvider', quota);
  }
}

const createOpenIDConnectProvider: Operation<
  CreateOpenIDConnectProviderRequest,
  CreateOpenIDConnectProviderResponse
> = {
  name: 'CreateOpenIDConnectProvider',
  schema: CreateOpenIDConnectProvider$,
  accessLevel: 'Write',
  route: 'POST /oidc-providers',
  authorization: {
    action: 'iam:CreateOpenIDConnectProvider',
    resourceType: 'oidc-provider',
    resources: (input, call) => [
      openIdConnectProviderArn(call, readIssuerUrl(input.Url, call.federation.reach)),
    ],
    conditionKeys: ['aws:RequestTag/${TagKey}', 'aws:TagKeys'],
    context: (input) => requestTagContext(readTags(input.Tags)),
  },
  errors: [
    'ConcurrentModification',
    'EntityAlreadyExists',
    'InvalidInput',
    'LimitExceeded',
    'OpenIdIdpCommunicationError',
  ],
  run: async (input, call) => {
    const provider: OpenIdConnectProviderRecord = {
      Url: readIssuerUrl(input.Url, call.federation.reach),
      ClientIDList: [...new Set(input.ClientIDList ?? [])],
      ThumbprintList: readThumbprints(input.ThumbprintList ?? []),
      CreateDate: call.now,
      Tags: readTags(input.Tags),
    };
    checkClientIds(call, provider.ClientIDList);
    const { TagsPerOpenIDConnectProvider, OpenIDConnectProvidersPerAccount } = call.quotas;
    checkTagQuota(provider.Tags, 'TagsPerOpenIdConnectProvider', TagsPerOpenIDConnectProvider);
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: openIdConnectProviderKey(call.accountId, provider.Url),
          attributes: toAttributes(provider),
          condition: { exists: false },
        },
        refusal: new IamError(
          'EntityAlreadyExists',
          `Provider with url ${input.Url} already exists.`,
        ),
      },
      countStep(
        call,
        'OpenIDConnectProviderCount',
        'OpenIdConnectProvidersPerAccount',
        OpenIDConnectProvidersPerAccount,
      ),
    ]);
    return {
      OpenIDConnectProviderArn: openIdConnectProviderArn(call, provider.Url),
      ...(provider.Tags.length === 0 ? {} : { Tags: viewTags(provider.Tags) }),
    };
  },
};

const getOpenIDConnectProvider: Operation<
  GetOpenIDConnectProviderRequest,
  GetOpenIDConnectProviderResponse
> = {
  name: 'GetOpenIDConnectProvider',
  schema: GetOpenIDConnectProvider$,
  accessLevel: 'Read',
  route: 'GET /oidc-providers/{OpenIDConnectProviderArn}',
  authorization: onOpenIdConnectProvider('iam:GetOpenIDConnectProvider'),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const { entity } = await requireOpenIdConnectProvider(call, input.OpenIDConnectProviderArn);
    return {
      Url: entity.Url,
      ClientIDList: [...entity.ClientIDList],
      ThumbprintList: [...entity.ThumbprintList],
      CreateDate: new Date(entity.CreateDate),
      Tags: viewTags(entity.Tags),
    };
  },
};

const listOpenIDConnectProviders: Operation<unknown, ListOpenIDConnectProvidersResponse> = {
  name: 'ListOpenIDConnectProviders',
  schema: ListOpenIDConnectProviders$,
  accessLevel: 'List',
  route: 'GET /oidc-providers',
  authorization: {
    action: 'iam:ListOpenIDConnectProviders',
    resourceType: 'oidc-provider',
    resources: (_input, call) => [openIdConnectProviderArn(call, '*')],
    conditionKeys: [],
  },
  errors: [],
  run: async (_input, call) => ({
    OpenIDConnectProviderList: [
      ...(await readChildren<OpenIDConnectProviderListEntry>(
        call,
        openIdConnectProviderPartition(call.accountId),
        '',
        (item) => ({ Arn: openIdConnectProviderArn(call, readOpenIdConnectProvider(item).Url) }),
      )),
    ],
  }),
};

const addClientIDToOpenIDConnectProvider: Operation<
  AddClientIDToOpenIDConnectProviderRequest,
  void
> = {
  name: 'AddClientIDToOpenIDConnectProvider',
  schema: AddClientIDToOpenIDConnectProvider$,
  accessLevel: 'Write',
  route: 'POST /oidc-providers/{OpenIDConnectProviderArn}/client-ids',
  authorization: onOpenIdConnectProvider('iam:AddClientIDToOpenIDConnectProvider'),
  errors: ['ConcurrentModification', 'InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const provider = await requireOpenIdConnectProvider(call, input.OpenIDConnectProviderArn);
    const clientIds = [...new Set([...provider.entity.ClientIDList, input.ClientID])];
    checkClientIds(call, clientIds);
    await change(call, provider, { ClientIDList: clientIds });
  },
};

/** "This operation is idempotent": a client ID that is not there is no error. */
const removeClientIDFromOpenIDConnectProvider: Operation<
  RemoveClientIDFromOpenIDConnectProviderRequest,
  void
> = {
  name: 'RemoveClientIDFromOpenIDConnectProvider',
  schema: RemoveClientIDFromOpenIDConnectProvider$,
  accessLevel: 'Write',
  route: 'DELETE /oidc-providers/{OpenIDConnectProviderArn}/client-ids/{ClientID}',
  authorization: onOpenIdConnectProvider('iam:RemoveClientIDFromOpenIDConnectProvider'),
  errors: ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const provider = await requireOpenIdConnectProvider(call, input.OpenIDConnectProviderArn);
    const { ClientIDList: clientIds } = provider.entity;
    await change(call, provider, {
      ClientIDList: clientIds.filter((clientId) => clientId !== input.ClientID),
    });
  },
};

const updateOpenIDConnectProviderThumbprint: Operation<
  UpdateOpenIDConnectProviderThumbprintRequest,
  void
> = {
  name: 'UpdateOpenIDConnectProviderThumbprint',
  schema: UpdateOpenIDConnectProviderThumbprint$,
  accessLevel: 'Write',
  route: 'PUT /oidc-providers/{OpenIDConnectProviderArn}/thumbprints',
  authorization: onOpenIdConnectProvider('iam:UpdateOpenIDConnectProviderThumbprint'),
  errors: ['ConcurrentModification', 'InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const provider = await requireOpenIdConnectProvider(call, input.OpenIDConnectProviderArn);
    await change(call, provider, { ThumbprintList: readThumbprints(input.ThumbprintList) });
  },
};

async function change(
  call: Call,
  provider: Found<OpenIdConnectProviderRecord>,
  changed: Partial<OpenIdConnectProviderRecord>,
): Promise<void> {
  await commit(call, [
    {
      write: {
        kind: 'update',
        key: provider.key,
        set: toAttributes(changed),
        condition: { exists: true, revision: provider.revision },
      },
    },
  ]);
}

/** "This operation is idempotent; it does not fail or return an error if you call the operation for a provider that does not exist." */
const deleteOpenIDConnectProvider: Operation<DeleteOpenIDConnectProviderRequest, void> = {
  name: 'DeleteOpenIDConnectProvider',
  schema: DeleteOpenIDConnectProvider$,
  accessLevel: 'Write',
  route: 'DELETE /oidc-providers/{OpenIDConnectProviderArn}',
  authorization: onOpenIdConnectProvider('iam:DeleteOpenIDConnectProvider'),
  errors: ['ConcurrentModification', 'InvalidInput'],
  run: async (input, call) => {
    const provider = await findOpenIdConnectProvider(call, input.OpenIDConnectProviderArn);
    if (provider === undefined) {
      return;
    }
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: provider.key,
          condition: { exists: true, revision: provider.revision },
        },
      },
      discountStep(call, 'OpenIDConnectProviderCount'),
    ]);
  },
};

export const oidcProviderOperations: readonly AnyOperation[] = [
  createOpenIDConnectProvider,
  getOpenIDConnectProvider,
  listOpenIDConnectProviders,
  addClientIDToOpenIDConnectProvider,
  removeClientIDFromOpenIDConnectProvider,
  updateOpenIDConnectProviderThumbprint,
  deleteOpenIDConnectProvider,
];
