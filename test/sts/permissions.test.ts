import { EnableOutboundWebIdentityFederationCommand } from '@aws-sdk/client-iam';
import * as client from '@aws-sdk/client-sts';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import { FaultyStore } from '../contract/faults';
import {
  ACCOUNT,
  deployAdmin,
  ROOT,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { WatchedOperations } from '../operations/noted-members';
import { refusal } from '../operations/refusal';
import { allow, StsScenery } from './sts-scenery';

/* What every signed row owes: nothing without its permission, its answer with it alone, and no answer in an outage. */

interface StsCase {
  readonly input: object;
  readonly resource: string;
  /** The error that the call ends in, for what never succeeds here. */
  readonly refused?: string;
}

const RoleName = 'permitted';
const RoleArn = `arn:aws:iam::${ACCOUNT}:role/${RoleName}`;

const CASES: Readonly<Record<string, StsCase>> = {
  GetAccessKeyInfo: { input: { AccessKeyId: ROOT.accessKeyId }, resource: '*' },
  DecodeAuthorizationMessage: {
    input: { EncodedMessage: 'AQAA' },
    resource: '*',
    refused: 'InvalidAuthorizationMessageException',
  },
  AssumeRole: { input: { RoleArn, RoleSessionName: 'one' }, resource: RoleArn },
  GetWebIdentityToken: {
    input: { Audience: ['orders'], SigningAlgorithm: 'ES384' },
    resource: '*',
  },
  GetFederationToken: {
    input: { Name: 'guest' },
    resource: `arn:aws:sts::${ACCOUNT}:federated-user/guest`,
  },
  AssumeRoot: {
    input: {
      TargetPrincipal: '999999999999',
      TaskPolicyArn: { arn: 'arn:aws:iam::aws:policy/root-task/IAMAuditRootUserCredentials' },
    },
    resource: 'arn:aws:iam::999999999999:root',
    refused: 'AccessDenied',
  },
  GetDelegatedAccessToken: {
    input: { TradeInToken: 'none' },
    resource: '*',
    refused: 'ExpiredTradeInTokenException',
  },
};

/** Whose signature is enough, and those that nobody signs: each has tests of its own beside this file. */
const WITHOUT_PERMISSION = ['GetCallerIdentity', 'GetSessionToken'];
const UNSIGNED = ['AssumeRoleWithWebIdentity', 'AssumeRoleWithSAML'];

const watched = new WatchedOperations(STS_OPERATIONS);

let deployment: AdminDeployment;
let scenery: StsScenery;
let caller: { UserName: string; credentials: Credentials };
let faulty: FaultyStore | undefined;

beforeAll(async () => {
  deployment = await deployAdmin({
    stsOperations: watched.table,
    intercept: (store) => ({
      get: (...read) => (faulty ?? store).get(...read),
      getMany: (...read) => (faulty ?? store).getMany(...read),
      query: (...read) => (faulty ?? store).query(...read),
      // That a key's use and an access are noted is no part of the call, and has tests of its own.
      transact: (writes, options) =>
        (/^(?:AccessKeyUse|RoleUse|LastAccessed)\//.test(options.token)
          ? store
          : (faulty ?? store)
        ).transact(writes, options),
    }),
  });
  scenery = new StsScenery(deployment);
  caller = await scenery.caller();
  await scenery.role([allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` })], { RoleName });
  await scenery.root.send(new EnableOutboundWebIdentityFederationCommand({}));
});

afterAll(async () => {
  await deployment.close();
});

test('every row of the table has a case, and every case a row', () => {
  const rows = STS_OPERATIONS.operations.map(({ name }) => name);
  const cases = [...Object.keys(CASES), ...WITHOUT_PERMISSION, ...UNSIGNED];
  expect(cases.sort()).toEqual([...rows].sort());
});

function send(name: string, input: object) {
  const commands = client as unknown as Record<
    string,
    new (input: object) => client.GetCallerIdentityCommand
  >;
  const Command = commands[`${name}Command`];
  if (Command === undefined) throw new Error(`the client has no ${name}`);
  return deployment.sts(caller.credentials).send(new Command(input));
}

async function expectAnswer(name: string, { input, refused }: StsCase): Promise<void> {
  if (refused === undefined) {
    expect((await send(name, input)).$metadata.httpStatusCode).toBe(200);
  } else {
    expect((await refusal(send(name, input))).code).toMatch(refused);
  }
}

describe.each(Object.entries(CASES))('%s', (name, known) => {
  const action = `sts:${name}`;
  const own = { Effect: 'Allow', Action: action, Resource: known.resource };

  test.each([
    ['may do something else only', [{ ...own, Action: 'orders:*', Resource: '*' }]],
    ['may do everything else', [{ Effect: 'Allow', NotAction: action, Resource: '*' }]],
    [
      'may do it on every other resource',
      [{ Effect: 'Allow', Action: '*', NotResource: known.resource }],
    ],
    [
      'is explicitly denied it',
      [
        { ...own, Action: '*', Resource: '*' },
        { ...own, Effect: 'Deny' },
      ],
    ],
  ])('is refused to whoever %s', async (_what, statements) => {
    await scenery.permit(caller.UserName, ...statements);
    const { statusCode, code, message } = await refusal(send(name, known.input));
    expect({ statusCode, code }).toEqual({ statusCode: 403, code: 'AccessDenied' });
    expect(message).toContain(` is not authorized to perform: ${action} on resource: `);
  });

  test('is answered to whoever may do this alone, on this resource alone', async () => {
    await scenery.permit(caller.UserName, own);
    await expectAnswer(name, known);
  });

  test('has looked at every member of its input, where it does not refuse the call', () => {
    const row = STS_OPERATIONS.operations.find((operation) => operation.name === name);
    if (row === undefined) throw new Error(`${name} has no row`);
    if (known.refused === undefined) expect(watched.unnoted(row)).toEqual([]);
  });

  test.each(['error', 'timeout', 'commit-then-error'] as const)(
    'is an outage where a call of the store ends with %s, and is answered after it',
    async (fault) => {
      await scenery.permit(caller.UserName, own);
      let failures = 0;
      for (let at = 1; ; at += 1) {
        const store = new FaultyStore(deployment.store, { at, fault, delayMilliseconds: 1 });
        faulty = store;
        const outcome: unknown = await refusal(send(name, known.input)).catch(
          (error: unknown) => error,
        );
        faulty = undefined;
        if (!store.hasFailed) break;
        failures += 1;
        expect(outcome).toMatchObject({ statusCode: 503 });
      }
      // Few of the rows write, and only what is written can be written and lost.
      expect(failures).toBeGreaterThan(fault === 'commit-then-error' ? -1 : 0);
      await expectAnswer(name, known);
    },
  );
});
