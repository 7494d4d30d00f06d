import { decide } from '../../lambdas/core/evaluate';
import type { RequestContext } from '../../lambdas/core/request-context';
import {
  loadAccessKey,
  loadPrincipal,
  ownerOf,
  type LoadedPrincipal,
} from '../../lambdas/identity/principals';
import {
  accessKeyKey,
  accountKey,
  accountPartition,
  ownedAccessKeyKey,
  policyKey,
  principalKey,
  principalPartition,
} from '../../lambdas/store/keys';
import { MemoryStore } from '../../lambdas/store/memory-store';
import { StoreUnavailable } from '../../lambdas/store/store';
import {
  ACCOUNT,
  ObservedStore,
  put,
  putAccessKey,
  putAccount,
  putGroup,
  putMembership,
  putPolicy,
  putUser,
  reference,
  remove,
} from './principal-rows';

const KEY_ID = 'AKIAALICEALICEALICE1';
const options = { consistent: true, accessKeyId: KEY_ID, partition: 'aws' };

function statement(effect: string, action: string, more: object = {}): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: effect, Action: action, Resource: '*', ...more }],
  });
}

async function load(store: MemoryStore | ObservedStore): Promise<LoadedPrincipal | undefined> {
  const accessKey = await loadAccessKey(store, KEY_ID, { consistent: true });
  return accessKey && loadPrincipal(store, ownerOf(accessKey), options);
}

async function loadExisting(store: MemoryStore | ObservedStore): Promise<LoadedPrincipal> {
  const loaded = await load(store);
  if (loaded === undefined) throw new Error('there is no such principal');
  return loaded;
}

function may({ caller, policies }: LoadedPrincipal, action: string): boolean {
  const request: RequestContext = {
    principal: caller.principal,
    action,
    resource: `arn:aws:orders:eu-west-1:${ACCOUNT}:order/42`,
    resourceAccount: ACCOUNT,
    context: caller.context,
  };
  return decide(request, policies) === 'allowed';
}

describe('an access key', () => {
  test('is found by its id with its owner', async () => {
    const store = new MemoryStore();
    await putAccessKey(store, KEY_ID, { groupIds: ['AGPA1'] });
    const accessKey = await loadAccessKey(store, KEY_ID, { consistent: true });
    expect(accessKey && ownerOf(accessKey)).toEqual({
      kind: 'User',
      accountId: ACCOUNT,
      id: 'AIDAALICE',
      groupIds: ['AGPA1'],
    });
  });

  test('that is unknown is not there', async () => {
    expect(await loadAccessKey(new MemoryStore(), KEY_ID, { consistent: true })).toBeUndefined();
  });

  test.each([
    '',
    'AKIA',
    'x'.repeat(129),
    'AKIA#ALICEALICEALICE',
    'AKIAALICE ALICEALICE',
    'ÄKIAALICEALICEALICE1',
  ])('whose id is none is not even asked for: %s', async (accessKeyId) => {
    const store = new ObservedStore(new MemoryStore());
    expect(await loadAccessKey(store, accessKeyId, { consistent: true })).toBeUndefined();
    expect(store.calls).toBe(0);
  });

  test.each([
    ['without an owner', { OwnerId: null }],
    ['of an owner of another kind', { OwnerKind: 'Role' }],
    ['of an unknown status', { Status: 'active' }],
    ['without a secret', { SealedSecret: 'text' }],
    ['without groups', { GroupIds: null }],
  ])('%s is an outage of the store', async (_what, change) => {
    const store = new MemoryStore();
    await putAccessKey(store, KEY_ID);
    const item = await store.get(accessKeyKey(KEY_ID));
    await put(store, accessKeyKey(KEY_ID), { ...item?.attributes, ...change });
    await expect(loadAccessKey(store, KEY_ID, { consistent: true })).rejects.toThrow(
      StoreUnavailable,
    );
  });
});

describe('the root user', () => {
  test('is a caller with AWS keys and everything in its account', async () => {
    const store = new MemoryStore();
    await putAccount(store);
    await putAccessKey(store, KEY_ID, { ownerKind: 'Root' });
    const root = await loadExisting(store);
    expect(root.caller).toEqual({
      principal: {
        type: 'Root',
        arn: `arn:aws:iam::${ACCOUNT}:root`,
        accountId: ACCOUNT,
        uniqueId: ACCOUNT,
      },
      accountId: ACCOUNT,
      userId: ACCOUNT,
      accessKeyId: KEY_ID,
      context: {
        'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:root`,
        'aws:PrincipalAccount': ACCOUNT,
        'aws:PrincipalType': 'Account',
        'aws:PrincipalIsAWSService': 'false',
        'aws:userid': ACCOUNT,
      },
    });
    expect(may(root, 'orders:GetOrder')).toBe(true);
  });

  test('of an account that is not there is nobody', async () => {
    const store = new MemoryStore();
    await putAccount(store);
    await putAccessKey(store, KEY_ID, { ownerKind: 'Root' });
    await remove(store, accountKey(ACCOUNT));
    expect(await load(store)).toBeUndefined();
  });

  test.each([
    ['missing', undefined],
    ['inactive', 'Inactive' as const],
  ])('is nobody with a key that is %s in its list', async (_what, status) => {
    const store = new MemoryStore();
    await putAccount(store);
    await putAccessKey(store, KEY_ID, { ownerKind: 'Root' });
    const owned = ownedAccessKeyKey(accountPartition(ACCOUNT), KEY_ID);
    if (status === undefined) await remove(store, owned);
    else await put(store, owned, { AccessKeyId: KEY_ID, Status: status, CreateDate: 0 });
    expect(await load(store)).toBeUndefined();
  });

  test('is nobody under an id that is not its account', async () => {
    const store = new MemoryStore();
    await putAccount(store);
    await putAccessKey(store, KEY_ID, { ownerKind: 'Root' });
    const owner = { kind: 'Root', accountId: ACCOUNT, id: 'AIDAALICE', groupIds: [] } as const;
    expect(await loadPrincipal(store, owner, options)).toBeUndefined();
  });
});

describe('a user', () => {
  test('is a caller with the keys that AWS sets for a long-term credential', async () => {
    const store = new MemoryStore();
    await putUser(store, {
      id: 'AIDAALICE',
      name: 'alice',
      path: '/sales/',
      tags: { team: 'blue', __proto__x: 'y', 'aws:odd': 'z' },
    });
    await putAccessKey(store, KEY_ID);
    const { caller } = await loadExisting(store);
    const arn = `arn:aws:iam::${ACCOUNT}:user/sales/alice`;
    expect(caller).toEqual({
      principal: { type: 'User', arn, accountId: ACCOUNT, uniqueId: 'AIDAALICE' },
      accountId: ACCOUNT,
      userId: 'AIDAALICE',
      userName: 'alice',
      accessKeyId: KEY_ID,
      context: {
        'aws:PrincipalArn': arn,
        'aws:PrincipalAccount': ACCOUNT,
        'aws:PrincipalType': 'User',
        'aws:PrincipalIsAWSService': 'false',
        'aws:userid': 'AIDAALICE',
        'aws:username': 'alice',
        'aws:PrincipalTag/team': 'blue',
        'aws:PrincipalTag/__proto__x': 'y',
        'aws:PrincipalTag/aws:odd': 'z',
      },
    });
    expect(caller.context).not.toHaveProperty('aws:MultiFactorAuthPresent');
  });

  test('without policies may do nothing', async () => {
    const store = new MemoryStore();
    await putUser(store, { id: 'AIDAALICE', name: 'alice' });
    await putAccessKey(store, KEY_ID);
    expect(may(await loadExisting(store), 'orders:GetOrder')).toBe(false);
  });

  test('may do what its own, its groups’ and AWS’s policies allow together', async () => {
    const store = new MemoryStore();
    await putPolicy(store, 'Managed', statement('Allow', 'orders:Managed'));
    await putPolicy(store, 'OfGroup', statement('Allow', 'orders:OfGroup'));
    await putPolicy(store, 'aws:IAMReadOnlyAccess', statement('Allow', 'iam:Get*'));
    await putGroup(store, {
      id: 'AGPA1',
      name: 'sales',
      inline: { p: statement('Allow', 'orders:GroupInline') },
      attached: ['OfGroup'],
    });
    await putUser(store, {
      id: 'AIDAALICE',
      name: 'alice',
      inline: { p: statement('Allow', 'orders:Inline') },
      attached: ['Managed', 'aws:IAMReadOnlyAccess'],
      groups: ['AGPA1'],
    });
    await putAccessKey(store, KEY_ID, { groupIds: ['AGPA1'] });
    const alice = await loadExisting(store);
    const actions = ['Inline', 'Managed', 'GroupInline', 'OfGroup'].map((name) => `orders:${name}`);
    for (const action of [...actions, 'iam:GetUser']) {
      expect([action, may(alice, action)]).toEqual([action, true]);
    }
    expect(may(alice, 'orders:Other')).toBe(false);
    expect(may(alice, 'iam:CreateUser')).toBe(false);
  });

  test('is held back by a Deny of its group', async () => {
    const store = new MemoryStore();
    await putPolicy(store, 'aws:AdministratorAccess', statement('Allow', '*'));
    await putGroup(store, { id: 'AGPA1', name: 'g', inline: { p: statement('Deny', 'orders:*') } });
    await putUser(store, {
      id: 'AIDAALICE',
      name: 'alice',
      attached: ['aws:AdministratorAccess'],
      groups: ['AGPA1'],
    });
    await putAccessKey(store, KEY_ID, { groupIds: ['AGPA1'] });
    expect(may(await loadExisting(store), 'orders:GetOrder')).toBe(false);
  });

  test('is held within its permissions boundary, which grants nothing', async () => {
    const store = new MemoryStore();
    await putPolicy(store, 'Boundary', statement('Allow', 'orders:Get*'));
    await putUser(store, {
      id: 'AIDAALICE',
      name: 'alice',
      inline: { p: statement('Allow', 'orders:GetOrder') },
      boundary: 'Boundary',
    });
    await putAccessKey(store, KEY_ID);
    const alice = await loadExisting(store);
    expect(may(alice, 'orders:GetOrder')).toBe(true);
    expect(may(alice, 'orders:GetInvoice')).toBe(false);
  });

  test('sees a group that it joined after its key was read', async () => {
    const store = new MemoryStore();
    await putPolicy(store, 'Forbids', statement('Deny', 'orders:GetOrder'));
    await putGroup(store, { id: 'AGPA1', name: 'g', attached: ['Forbids'] });
    await putUser(store, {
      id: 'AIDAALICE',
      name: 'alice',
      inline: { p: statement('Allow', 'orders:*') },
      groups: ['AGPA1'],
    });
    await putAccessKey(store, KEY_ID, { groupIds: [] });
    const alice = await loadExisting(store);
    expect(may(alice, 'orders:GetOrder')).toBe(false);
    expect(may(alice, 'orders:ListOrders')).toBe(true);
  });

  test('gets nothing from a group that its key names and its own rows do not', async () => {
    const store = new MemoryStore();
    await putGroup(store, { id: 'AGPA1', name: 'g', inline: { p: statement('Allow', '*') } });
    await putUser(store, { id: 'AIDAALICE', name: 'alice' });
    await putAccessKey(store, KEY_ID, { groupIds: ['AGPA1'] });
    expect(may(await loadExisting(store), 'orders:GetOrder')).toBe(false);
  });

  test('that was deleted and made again under its name inherits nothing', async () => {
    const store = new MemoryStore();
    await putUser(store, {
      id: 'AIDAALICE',
      name: 'alice',
      inline: { p: statement('Allow', '*') },
    });
    await putAccessKey(store, KEY_ID);
    await remove(store, principalKey('User', ACCOUNT, 'AIDAALICE'));
    await putUser(store, { id: 'AIDANEW', name: 'alice', inline: { p: statement('Allow', '*') } });
    expect(await load(store)).toBeUndefined();
  });

  test.each([
    ['missing from', undefined],
    ['inactive in', 'Inactive' as const],
  ])('is nobody with a key that is %s its list', async (_what, status) => {
    const store = new MemoryStore();
    await putUser(store, { id: 'AIDAALICE', name: 'alice' });
    await putAccessKey(store, KEY_ID);
    const partition = principalPartition('User', ACCOUNT, 'AIDAALICE');
    const owned = ownedAccessKeyKey(partition, KEY_ID);
    if (status === undefined) await remove(store, owned);
    else await put(store, owned, { AccessKeyId: KEY_ID, Status: status, CreateDate: 0 });
    expect(await load(store)).toBeUndefined();
  });

  test('is read again after its policy changed under an equal version', async () => {
    const store = new MemoryStore();
    await putPolicy(store, 'Changing', statement('Allow', 'orders:GetOrder'), 3);
    await putUser(store, { id: 'AIDAALICE', name: 'alice', attached: ['Changing'] });
    await putAccessKey(store, KEY_ID);
    expect(may(await loadExisting(store), 'orders:GetOrder')).toBe(true);
    await putPolicy(store, 'Changing', statement('Deny', 'orders:GetOrder'), 3);
    expect(may(await loadExisting(store), 'orders:GetOrder')).toBe(false);
  });
});

describe('what a user refers to and cannot be read denies everything', () => {
  const everything = { inline: { all: statement('Allow', '*') } };

  async function loaded(seed: object, prepare: (store: MemoryStore) => Promise<void>) {
    const store = new MemoryStore();
    await putUser(store, { id: 'AIDAALICE', name: 'alice', ...everything, ...seed });
    await prepare(store);
    await putAccessKey(store, KEY_ID, { groupIds: ['AGPA1'] });
    return may(await loadExisting(store), 'orders:GetOrder');
  }

  const nothing = async (): Promise<void> => Promise.resolve();

  test('but nothing else does', async () => {
    expect(await loaded({}, nothing)).toBe(true);
  });

  test.each([
    ['an attached policy that is gone', { attached: ['Gone'] }],
    ['a policy of AWS that there is none of', { attached: ['aws:NoSuchPolicy'] }],
    ['a boundary that is gone', { boundary: 'Gone' }],
    ['a boundary of AWS that there is none of', { boundary: 'aws:NoSuchPolicy' }],
    ['a group that is gone', { groups: ['AGPA1'] }],
    ['a group that is gone and was not hinted at', { groups: ['AGPA2'] }],
    ['an inline policy that is no policy', { inline: { ...everything.inline, bad: '{' } }],
    [
      'an inline policy with a member twice',
      {
        inline: {
          ...everything.inline,
          bad: '{"Version":"2012-10-17","Statement":{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}}',
        },
      },
    ],
  ])('%s', async (_what, seed) => {
    expect(await loaded(seed, nothing)).toBe(false);
  });

  test.each(['attached', 'boundary'])('a managed policy that is no policy: %s', async (how) => {
    const seed = how === 'attached' ? { attached: ['Bad'] } : { boundary: 'Bad' };
    expect(await loaded(seed, (store) => putPolicy(store, 'Bad', '{"Statement":[]'))).toBe(false);
  });

  test('a policy that a group refers to', async () => {
    const prepare = async (store: MemoryStore): Promise<void> => {
      await putGroup(store, { id: 'AGPA1', name: 'g', attached: ['Gone'] });
      await putMembership(store, 'AIDAALICE', 'AGPA1');
    };
    expect(await loaded({}, prepare)).toBe(false);
  });

  test('a policy of the same name and another id', async () => {
    const prepare = async (store: MemoryStore): Promise<void> => {
      await putPolicy(store, 'Gone', statement('Allow', '*'));
      const { PolicyId } = reference('Gone');
      const item = await store.get(policyKey(ACCOUNT, PolicyId));
      await put(store, policyKey(ACCOUNT, 'ANPAOTHER'), { ...item?.attributes });
      await remove(store, policyKey(ACCOUNT, PolicyId));
    };
    expect(await loaded({ attached: ['Gone'] }, prepare)).toBe(false);
  });
});

describe('the store', () => {
  async function fullStore(): Promise<ObservedStore> {
    const store = new MemoryStore();
    const groups = Array.from({ length: 10 }, (_, index) => `AGPA${index}`);
    for (const id of groups) {
      await putPolicy(store, `Of${id}`, statement('Allow', `orders:${id}`));
      await putGroup(store, { id, name: id, attached: [`Of${id}`] });
    }
    await putPolicy(store, 'Own', statement('Allow', 'orders:Own'));
    await putPolicy(store, 'Boundary', statement('Allow', '*'));
    await putUser(store, {
      id: 'AIDAALICE',
      name: 'alice',
      attached: ['Own'],
      boundary: 'Boundary',
      groups,
    });
    await putAccessKey(store, KEY_ID, { groupIds: groups });
    return new ObservedStore(store);
  }

  test('is asked in three round trips for a principal with groups, policies and a boundary', async () => {
    const store = await fullStore();
    const alice = await loadExisting(store);
    expect(may(alice, 'orders:AGPA7')).toBe(true);
    expect(store.trips).toBe(3);
    expect(store.inconsistentReads).toBe(0);
  });

  test('is asked in two round trips for the root user', async () => {
    const inner = new MemoryStore();
    await putAccount(inner);
    await putAccessKey(inner, KEY_ID, { ownerKind: 'Root' });
    const store = new ObservedStore(inner);
    await loadExisting(store);
    expect(store.trips).toBe(2);
  });

  test('never gives a group’s thousands of members', async () => {
    const inner = new MemoryStore();
    await putGroup(inner, {
      id: 'AGPA1',
      name: 'g',
      inline: { z: statement('Allow', 'orders:GetOrder') },
    });
    await putUser(inner, { id: 'AIDAALICE', name: 'alice', groups: ['AGPA1'] });
    for (let member = 0; member < 200; member += 1) {
      await putMembership(inner, `AIDA${member}`, 'AGPA1');
    }
    await putAccessKey(inner, KEY_ID, { groupIds: ['AGPA1'] });
    const store = new ObservedStore(inner);
    expect(may(await loadExisting(store), 'orders:GetOrder')).toBe(true);
    expect(store.calls).toBe(3);
  });

  test('gives all of a group that has more policies than a page', async () => {
    const inner = new MemoryStore();
    const inline = Object.fromEntries(
      Array.from({ length: 80 }, (_, index) => [
        `p${index}`,
        statement('Allow', `orders:A${index}`),
      ]),
    );
    await putGroup(inner, { id: 'AGPA1', name: 'g', inline });
    await putUser(inner, { id: 'AIDAALICE', name: 'alice', groups: ['AGPA1'] });
    await putAccessKey(inner, KEY_ID, { groupIds: ['AGPA1'] });
    const alice = await loadExisting(inner);
    expect(Object.keys(inline).every((_, index) => may(alice, `orders:A${index}`))).toBe(true);
  });

  test('that fails at any one call makes an outage, never a principal with fewer policies', async () => {
    const store = await fullStore();
    await loadExisting(store);
    const calls = store.calls;
    expect(calls).toBeGreaterThan(10);
    store.failure = new StoreUnavailable('down');
    for (let call = 1; call <= calls; call += 1) {
      store.reset();
      store.failingCall = call;
      await expect(load(store)).rejects.toThrow(StoreUnavailable);
    }
  });
});
