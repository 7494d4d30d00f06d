import { sealDenials } from '../../lambdas/authorizer/denial-message';
import type { GuardedAnswer } from '../../lambdas/authorizer/answers/guarded-answer';
import type { DataKeys } from '../../lambdas/credentials/data-key';
import { signRequest } from './client-request';
import { ACCOUNT, API_ID, CATALOGUE, SUBJECTS, type GatewaySubject } from './gateway-subjects';
import { ALICE, createGatewayWorld, NOW, type GatewayWorld } from './gateway-world';

const ORDER = `arn:aws:orders:eu-west-1:${ACCOUNT}:order/`;

async function ask(subject: GatewaySubject, prepare: (world: GatewayWorld) => Promise<void>) {
  const world = await createGatewayWorld(subject.settings);
  await world.registerCatalogue(API_ID, CATALOGUE);
  await prepare(world);
  const who = { ...ALICE, now: NOW, service: subject.service };
  const event = subject.toEvent(await signRequest(subject.order('42'), who));
  const { outcome, context } = await subject.ask(world.authorizer, event);
  return { world, outcome, encoded: context['encodedMessage'] as string | undefined };
}

const named = (name: string): GatewaySubject => {
  const subject = SUBJECTS.find((each) => each.name === name);
  if (subject === undefined) throw new Error(name);
  return subject;
};

const TELLING = ['REST API, REQUEST', 'Function URL', 'Application Load Balancer'];

describe.each(TELLING)('the refusal of a %s', (name) => {
  test('holds what forbids it, for the account alone', async () => {
    const {
      world,
      outcome,
      encoded = '',
    } = await ask(named(name), async ({ allow, forbid }) => {
      await allow('*');
      await forbid('orders:GetOrder', `${ORDER}42`);
    });
    expect(outcome).toBe('denied');
    expect(encoded).toMatch(/^[\w-]{100,5000}$/);
    expect(await world.messages.open(encoded, '999999999999')).toBeUndefined();
    expect(JSON.parse((await world.messages.open(encoded, ACCOUNT)) ?? '')).toMatchObject({
      allowed: false,
      explicitDeny: true,
      matchedStatements: {
        items: [{ statementId: '', effect: 'DENY', policyType: 'identity-based policy' }],
      },
      missingAllows: { items: [] },
      failures: { items: [] },
      context: {
        principal: { id: 'AIDAALICE', arn: `arn:aws:iam::${ACCOUNT}:user/alice` },
        action: 'orders:GetOrder',
        resource: `${ORDER}42`,
        conditions: {
          items: expect.arrayContaining([
            { key: 'aws:username', values: { items: [{ value: 'alice' }] } },
          ]) as unknown,
        },
      },
    });
  });

  test('holds which policy lacks an Allow', async () => {
    const { world, encoded = '' } = await ask(named(name), ({ allow }) => allow('orders:Other'));
    expect(JSON.parse((await world.messages.open(encoded, ACCOUNT)) ?? '')).toMatchObject({
      explicitDeny: false,
      matchedStatements: { items: [] },
      missingAllows: { items: [{ policyType: 'identity-based policy' }] },
    });
  });

  test('is not there where the call is allowed', async () => {
    const { outcome, encoded } = await ask(named(name), ({ allow }) => allow('*'));
    expect({ outcome, encoded }).toEqual({ outcome: 'allowed', encoded: undefined });
  });
});

test.each(SUBJECTS.filter(({ name }) => !TELLING.includes(name)).map(({ name }) => name))(
  'nothing is sealed for a %s, which shows nobody why it refuses',
  async (name) => {
    const { outcome, encoded } = await ask(named(name), () => Promise.resolve());
    expect({ outcome, encoded }).toEqual({ outcome: 'denied', encoded: undefined });
  },
);

describe('a refusal stands without an explanation', () => {
  const asked = {
    principal: { type: 'User', arn: `arn:aws:iam::${ACCOUNT}:user/alice`, accountId: ACCOUNT },
    action: 'orders:GetOrder',
    resource: `${ORDER}42`,
    resourceAccount: ACCOUNT,
    context: { 'aws:userid': 'AIDAALICE' },
  } as const;

  const answer = (change: object = {}): GuardedAnswer => ({
    caller: { accountId: ACCOUNT } as GuardedAnswer['caller'],
    scheme: 'sigv4',
    payloadHash: undefined,
    requestId: '',
    routes: [
      {
        route: {} as never,
        action: asked.action,
        resource: asked.resource,
        decision: { decision: 'implicitDeny', because: [] },
        message: 'no',
        asked: { ...asked, ...change },
      },
    ],
  });

  const sealed = async (given: GuardedAnswer, dataKeys?: DataKeys): Promise<unknown> => {
    const [route] = (await sealDenials(given, dataKeys ?? (await createGatewayWorld()).dataKeys))
      .routes;
    expect(route).toMatchObject({ message: 'no', decision: { decision: 'implicitDeny' } });
    return route?.encodedMessage;
  };

  test('where the resource is another account’s, whose policies are not the caller’s to know', async () => {
    expect(await sealed(answer())).toEqual(expect.any(String));
    expect(await sealed(answer({ resourceAccount: '999999999999' }))).toBeUndefined();
  });

  test('where nobody calls', async () => {
    expect(await sealed({ ...answer(), caller: undefined })).toBeUndefined();
  });

  test('where no key can be had, and where it takes too long', async () => {
    const down = { newest: () => Promise.reject(new Error('down')) } as unknown as DataKeys;
    expect(await sealed(answer(), down)).toBeUndefined();
    const slow = { newest: () => new Promise(() => undefined) } as unknown as DataKeys;
    expect(await sealed(answer(), slow)).toBeUndefined();
  });

  test('where it would be too long; without its conditions first', async () => {
    const world = await createGatewayWorld();
    const long = (await sealed(
      answer({ context: { 'aws:userid': 'AIDAALICE', 'aws:UserAgent': 'x'.repeat(3000) } }),
      world.dataKeys,
    )) as string;
    expect(JSON.parse((await world.messages.open(long, ACCOUNT)) ?? '')).toMatchObject({
      context: { principal: { id: 'AIDAALICE' }, conditions: { items: [] } },
    });
    expect(await sealed(answer({ resource: 'x'.repeat(3000) }))).toBeUndefined();
  });

  test('where what explains cannot be loaded', async () => {
    const world = await createGatewayWorld(undefined, {
      explainDenials: () => Promise.reject(new Error('no such file')),
    });
    const subject = named('REST API, REQUEST');
    const who = { ...ALICE, now: NOW, service: subject.service };
    const event = subject.toEvent(await signRequest(subject.order('42'), who));
    const { outcome, context } = await subject.ask(world.authorizer, event);
    expect(outcome).toBe('denied');
    expect(context['message']).toContain('is not authorized to perform');
  });
});
