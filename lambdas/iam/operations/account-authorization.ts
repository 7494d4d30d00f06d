import {
  GetAccountAuthorizationDetails$,
  type GetAccountAuthorizationDetailsRequest,
  type GetAccountAuthorizationDetailsResponse,
  type GroupDetail,
  type ManagedPolicyDetail,
  type RoleDetail,
  type UserDetail,
} from '@aws-sdk/client-iam';
import { readName } from '../../identity/records';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { queryEntries, takePage, type Entry } from '../../operations/paging';
import { namePartition, principalKey, type PrincipalKind } from '../../store/keys';
import type { Item } from '../../store/store';
import { onAccount } from '../accounts';
import {
  viewGroupDetail,
  viewManagedPolicyDetail,
  viewPolicyDetail,
  viewRoleDetail,
  viewUserDetail,
} from '../authorization-details';
import { listPolicyEntries } from '../policy-lists';

type Kind = 'User' | 'Group' | 'Role' | 'LocalManagedPolicy' | 'AWSManagedPolicy';

/** One entity, under the member of the answer that it belongs to. */
type Detail =
  | { readonly UserDetailList: UserDetail }
  | { readonly GroupDetailList: GroupDetail }
  | { readonly RoleDetailList: RoleDetail }
  | { readonly Policies: ManagedPolicyDetail };

type List = (
  call: Call,
  after: string | undefined,
  maxItems: number | undefined,
) => AsyncIterable<Entry<Detail>>;

/** In the order in which pages give them. */
const LISTS: readonly (readonly [Kind, List])[] = [
  [
    'User',
    listPrincipals('User', async (...of) => ({ UserDetailList: await viewUserDetail(...of) })),
  ],
  [
    'Group',
    listPrincipals('Group', async (...of) => ({ GroupDetailList: await viewGroupDetail(...of) })),
  ],
  [
    'Role',
    listPrincipals('Role', async (...of) => ({ RoleDetailList: await viewRoleDetail(...of) })),
  ],
  ['LocalManagedPolicy', listLocalPolicies],
  ['AWSManagedPolicy', listManagedPolicies],
];

const getAccountAuthorizationDetails: Operation<
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse
> = {
  name: 'GetAccountAuthorizationDetails',
  schema: GetAccountAuthorizationDetails$,
  accessLevel: 'Read',
  route: 'GET /account/authorization-details',
  authorization: onAccount('iam:GetAccountAuthorizationDetails'),
  errors: [],
  run: async (input, call) => {
    const { rows, end } = await takePage(call, input, (after) =>
      listDetails(call, input.Filter ?? [], after, input.MaxItems),
    );
    return {
      UserDetailList: rows.flatMap((row) => ('UserDetailList' in row ? row.UserDetailList : [])),
      GroupDetailList: rows.flatMap((row) => ('GroupDetailList' in row ? row.GroupDetailList : [])),
      RoleDetailList: rows.flatMap((row) => ('RoleDetailList' in row ? row.RoleDetailList : [])),
      Policies: rows.flatMap((row) => ('Policies' in row ? row.Policies : [])),
      ...end,
    };
  },
};

/** A position says in which list it is, and where. Without a filter, everything is wanted. */
async function* listDetails(
  call: Call,
  filter: readonly string[],
  after: string | undefined,
  maxItems: number | undefined,
): AsyncGenerator<Entry<Detail>> {
  const separator = after?.indexOf('/') ?? -1;
  const current = LISTS.findIndex(([kind]) => kind === after?.slice(0, separator));
  for (const [index, [kind, list]] of LISTS.entries()) {
    if (index < current || (filter.length > 0 && !filter.includes(kind))) continue;
    const from = index === current ? after?.slice(separator + 1) : undefined;
    for await (const { position, row } of list(call, from, maxItems)) {
      yield { position: `${kind}/${position}`, row };
    }
  }
}

/** Of one kind, in the order of their names; those deleted since the names were read are left out. */
function listPrincipals(
  kind: PrincipalKind,
  view: (call: Call, item: Item) => Promise<Detail>,
): List {
  return (call, after, maxItems) => {
    const names = namePartition(kind, call.accountId);
    return queryEntries(call, { ...names, after }, maxItems, async (items) => {
      const found = await call.store.getMany(
        items.map((item) => principalKey(kind, call.accountId, readName(item).Id)),
        { consistent: true },
      );
      return Promise.all(
        found.map(async (item) => (item === undefined ? undefined : view(call, item))),
      );
    });
  };
}

async function* listLocalPolicies(
  call: Call,
  after: string | undefined,
  maxItems: number | undefined,
): AsyncGenerator<Entry<Detail>> {
  const filter = { Scope: 'Local', MaxItems: maxItems };
  for await (const { position, row } of listPolicyEntries(call, filter, after)) {
    yield { position, row: { Policies: await viewPolicyDetail(call, row) } };
  }
}

/** Those that the account uses: the others say nothing about it. */
async function* listManagedPolicies(
  call: Call,
  after: string | undefined,
): AsyncGenerator<Entry<Detail>> {
  for await (const { position, row } of listPolicyEntries(call, { Scope: 'AWS' }, after)) {
    const { AttachmentCount: attached, PermissionsBoundaryUsageCount: bounding } = row.entity;
    if (attached + bounding > 0) {
      yield { position, row: { Policies: viewManagedPolicyDetail(row) } };
    }
  }
}

export const accountAuthorizationOperations: readonly AnyOperation[] = [
  getAccountAuthorizationDetails,
];
