import { decideByDefinition } from '../test/model/model';
import type { Choices } from '../test/model/choices';
import { listOf, readPrincipal } from '../test/model/scenario';
import type { PolicyJson, PrincipalElement, StatementJson } from '../test/model/scenario';
import { Bound } from './bound';
import { seededChoices } from './random';
import {
  ACCOUNT,
  OTHER_ACCOUNT,
  REGIONS,
  SERVICES,
  VERBS,
  chooseAction,
  chooseArn,
  chooseCondition,
  chooseContext,
  chooseStatement,
} from './vocabulary';
import type { Environment, Expected, Workload, WorkloadRequest } from './workload';

/*
 * The project's own workloads, the same on every machine: a typical principal, every layer at once, and growth from ten
 * to ten thousand statements.
 */

const USER = `arn:aws:iam::${ACCOUNT}:user/alice`;
const SESSION = `arn:aws:sts::${ACCOUNT}:assumed-role/app-role/session-7`;
const VERSION = '2012-10-17';

const policy = (statements: readonly StatementJson[]): PolicyJson => ({
  Version: VERSION,
  Statement: statements,
});

type Question = Omit<WorkloadRequest, 'id' | 'expected'>;

/** The definition's answer; the bound's where there are too many statements for the definition's pace. */
function answerOf(env: Environment, question: Question, bound: Bound, isLarge: boolean): Expected {
  const { principal, action, resource, resourceAccount, context } = question;
  if (isLarge) {
    const answer = bound.decide(action, resource, resourceAccount, context);
    return answer === 2 ? 'ExplicitDeny' : answer === 1 ? 'Allow' : 'ImplicitDeny';
  }
  const decision = decideByDefinition({
    request: { ...question, principal: readPrincipal(principal) },
    policies: {
      identity: env.identity,
      boundary: env.boundary ?? [],
      session: listOf(env.session),
      scps: env.scps ?? [],
      rcps: env.rcps ?? [],
      endpoint: [],
      resource: env.resourcePolicies?.[resource] ?? null,
    },
  });
  if (decision === 'allowed') return 'Allow';
  return decision === 'explicitDeny' ? 'ExplicitDeny' : 'ImplicitDeny';
}

/** Asks until each answer has its share, or until the questions are exhausted. */
function gatherRequests(
  env: Environment,
  ask: () => Question,
  shares: Readonly<Record<Expected, number>>,
): readonly WorkloadRequest[] {
  const bound = new Bound(env, ask().principal);
  const isLarge = env.identity.length > 40;
  const left: Record<Expected, number> = { ...shares };
  const wanted = Object.values(shares).reduce((sum, share) => sum + share, 0);
  const requests: WorkloadRequest[] = [];
  for (let attempt = 0; requests.length < wanted && attempt < 40 * wanted; attempt += 1) {
    const question = ask();
    const expected = answerOf(env, question, bound, isLarge);
    if (left[expected] <= 0) continue;
    left[expected] -= 1;
    requests.push({ ...question, expected, id: requests.length });
  }
  return requests;
}

/** A request that some statement is likely to be about. */
function chooseQuestion(choices: Choices, principal: string, env: Environment): Question {
  const statements = env.identity.flatMap(({ Statement }) => listOf(Statement));
  const [pattern = ''] = listOf(choices.pick(statements).Action);
  const [service = ''] = pattern.split(':');
  const near = choices.chance(75) && SERVICES.includes(service);
  const chosen = near ? service : choices.pick(SERVICES);
  const resourceAccount =
    env.resourcePolicies !== undefined && choices.chance(15) ? OTHER_ACCOUNT : ACCOUNT;
  const isUser = principal === USER;
  const own: Readonly<Record<string, string>> = isUser
    ? { 'aws:username': 'alice' }
    : {
        'aws:PrincipalTag/team': choices.pick(['alpha', 'beta']),
        'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/app-role`,
        'aws:MultiFactorAuthPresent': choices.pick(['true', 'false']),
        'aws:PrincipalOrgID': 'o-abc123',
      };
  return {
    principal,
    resourceAccount,
    action: near && !pattern.includes('*') ? pattern : chooseAction(choices, chosen),
    resource: chooseArn(choices, chosen, resourceAccount),
    context: chooseContext(choices, own, isUser ? ['alice', 'bob'] : ['alpha', 'beta']),
  };
}

const WIDE_SERVICES = SERVICES.filter((service) => service !== 'ops').map((name) => `${name}:*`);

const BOUNDARY = policy([
  { Sid: 'B0', Effect: 'Allow', Action: WIDE_SERVICES, Resource: '*' },
  { Sid: 'B1', Effect: 'Deny', Action: ['store:Delete*', 'ledger:Delete*'], Resource: '*' },
  {
    Sid: 'B2',
    Effect: 'Deny',
    Action: '*',
    Resource: `arn:aws:*:ap-southeast-2:${ACCOUNT}:*`,
    Condition: { StringEquals: { 'aws:ResourceTag/env': 'prod' } },
  },
]);

function chooseIdentity(
  choices: Choices,
  policies: number,
  statements: number,
  accounts: readonly string[],
  variable: string,
): readonly PolicyJson[] {
  return Array.from({ length: policies }, (_, place) =>
    policy(
      Array.from({ length: statements }, (__, index) =>
        chooseStatement(
          choices,
          `S${place * statements + index}`,
          accounts[place % accounts.length] ?? ACCOUNT,
          variable,
        ),
      ),
    ),
  );
}

/** W1: a user with three policies of five statements and a boundary. */
export function typicalPrincipal(seed: number): Workload {
  const choices = seededChoices(seed);
  const env = {
    identity: chooseIdentity(choices, 3, 5, [ACCOUNT], 'aws:username'),
    boundary: [BOUNDARY],
  };
  return {
    name: 'W1',
    seed,
    description: 'a typical principal: 3 policies of 5 statements and a boundary',
    env,
    requests: gatherRequests(env, () => chooseQuestion(choices, USER, env), {
      Allow: 600,
      ImplicitDeny: 250,
      ExplicitDeny: 150,
    }),
  };
}

const FULL_ACCESS: StatementJson = { Sid: 'Full', Effect: 'Allow', Action: '*', Resource: '*' };

const SESSION_POLICY = policy([
  { Sid: 'X0', Effect: 'Allow', Action: [...WIDE_SERVICES, 'ops:Get*'], Resource: '*' },
  {
    Sid: 'X1',
    Effect: 'Deny',
    Action: SERVICES.map((service) => `${service}:Create*`),
    Resource: '*',
    Condition: { StringEquals: { 'aws:ResourceTag/env': 'prod' } },
  },
]);

const SCPS: readonly (readonly PolicyJson[])[] = [
  [
    policy([FULL_ACCESS]),
    policy([
      {
        Sid: 'R',
        Effect: 'Deny',
        NotAction: ['people:*', 'ops:*'],
        Resource: 'arn:aws:*:ap-southeast-2:*:*',
        Condition: {
          ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/app-*' },
          NumericGreaterThan: { 'app:Size': '9000' },
        },
      },
    ]),
  ],
  [
    policy([
      { Sid: 'O1', Effect: 'Allow', Action: WIDE_SERVICES, Resource: '*' },
      {
        Sid: 'O2',
        Effect: 'Deny',
        Action: SERVICES.map((service) => `${service}:Delete*`),
        Resource: '*',
        Condition: {
          StringEquals: { 'aws:ResourceTag/env': 'prod' },
          Bool: { 'aws:MultiFactorAuthPresent': 'false' },
        },
      },
    ]),
  ],
  [policy([FULL_ACCESS])],
];

const RCPS: readonly (readonly PolicyJson[])[] = [
  [
    policy([{ ...FULL_ACCESS, Principal: '*' }]),
    policy([
      {
        Sid: 'N',
        Effect: 'Deny',
        Principal: '*',
        Action: ['store:*', 'media:*'],
        Resource: '*',
        Condition: {
          NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '192.168.0.0/16', '203.0.113.0/24'] },
        },
      },
    ]),
  ],
];

function chooseResourcePolicy(choices: Choices, arn: string): PolicyJson {
  const [, , service = ''] = arn.split(':');
  const wide = `${arn.slice(0, arn.lastIndexOf('/'))}/*`;
  return policy(
    Array.from({ length: choices.integer(3, 5) }, (_, index) => ({
      Sid: `P${index}`,
      Effect: choices.chance(12) ? ('Deny' as const) : ('Allow' as const),
      Principal: choices.pick<PrincipalElement>([
        '*',
        { AWS: ACCOUNT },
        { AWS: `arn:aws:iam::${ACCOUNT}:root` },
        { AWS: `arn:aws:iam::${ACCOUNT}:role/app-role` },
        { AWS: `arn:aws:iam::${ACCOUNT}:role/other` },
        { AWS: [SESSION, `arn:aws:iam::${OTHER_ACCOUNT}:role/ci`] },
        { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` },
      ]),
      Action: choices.chance(50)
        ? choices.times(3, () => chooseAction(choices, service))
        : [`${service}:${choices.pick(VERBS)}*`],
      Resource: choices.pick([arn, wide]),
      ...(choices.chance(35)
        ? { Condition: chooseCondition(choices, 'aws:PrincipalTag/team') }
        : {}),
    })),
  );
}

/** W3: a role session under every layer, with resource-based policies in two accounts. */
export function everyLayer(seed: number): Workload {
  const choices = seededChoices(seed);
  const accounts = [ACCOUNT, ACCOUNT, OTHER_ACCOUNT];
  const arns = choices.times(40, () =>
    chooseArn(choices, choices.pick(SERVICES), choices.pick(accounts)),
  );
  const env: Environment = {
    identity: chooseIdentity(choices, 3, 6, accounts, 'aws:PrincipalTag/team'),
    boundary: [BOUNDARY],
    session: SESSION_POLICY,
    scps: SCPS,
    rcps: RCPS,
    resourcePolicies: Object.fromEntries(
      arns.map((arn) => [arn, chooseResourcePolicy(choices, arn)]),
    ),
  };
  const ask = (): Question => {
    const question = chooseQuestion(choices, SESSION, env);
    if (!choices.chance(57)) return question;
    const resource = choices.pick(arns);
    const [, , service = '', , resourceAccount = ''] = resource.split(':');
    return { ...question, action: chooseAction(choices, service), resource, resourceAccount };
  };
  return {
    name: 'W3',
    seed,
    description: 'every layer: identity, boundary, session, 3 levels of SCPs, an RCP, 40 resources',
    env,
    requests: gatherRequests(env, ask, { Allow: 500, ImplicitDeny: 300, ExplicitDeny: 200 }),
  };
}

const STATEMENTS_OF_A_POLICY = 25;

function inPolicies(statements: readonly StatementJson[]): readonly PolicyJson[] {
  const count = Math.ceil(statements.length / STATEMENTS_OF_A_POLICY);
  return Array.from({ length: count }, (_, place) =>
    policy(statements.slice(place * STATEMENTS_OF_A_POLICY, (place + 1) * STATEMENTS_OF_A_POLICY)),
  );
}

/** W4: one principal with many statements, spread over many actions or all about the same. */
export function growth(seed: number, kind: 'spread' | 'same', count: number): Workload {
  const choices = seededChoices(seed);
  const services = Math.max(2, Math.round(count / 25));
  const spreadAction = (): string =>
    `svc${choices.integer(0, services - 1)}:${choices.pick(VERBS)}Thing${choices.integer(0, 5)}`;
  const statements = Array.from({ length: count }, (_, place): StatementJson => {
    const actions = kind === 'spread' ? choices.times(2, spreadAction) : ['docs:Get*'];
    const [service = ''] = (actions[0] ?? '').split(':');
    const box = kind === 'spread' ? `team-${choices.integer(1, 12)}` : `box-${place}`;
    return {
      Sid: `S${place}`,
      Effect: choices.chance(9) ? 'Deny' : 'Allow',
      Action: actions,
      Resource: [`arn:aws:${service}:*:${ACCOUNT}:thing/${box}/*`],
      ...(choices.chance(35) ? { Condition: chooseCondition(choices, 'aws:username') } : {}),
    };
  });
  const env: Environment = { identity: inPolicies(statements) };
  const ask = (): Question => {
    const { Action, Resource } = choices.pick(statements);
    const [pattern = ''] = listOf(Action);
    const action =
      kind === 'spread' ? pattern : choices.pick(['docs:GetFolder', 'docs:GetDocument']);
    const [service = ''] = action.split(':');
    const wanted = listOf(Resource)[0]?.split('/')[1] ?? '';
    const box = choices.chance(70) ? wanted : 'none';
    const region = choices.pick(REGIONS);
    return {
      principal: USER,
      resourceAccount: ACCOUNT,
      action,
      resource: `arn:aws:${service}:${region}:${ACCOUNT}:thing/${box}/x${choices.integer(0, 999)}`,
      context: chooseContext(choices, { 'aws:username': 'alice' }, ['alice', 'bob']),
    };
  };
  return {
    name: `W4-${kind}-${count}`,
    seed,
    description: `${count} statements on one principal, ${kind === 'spread' ? 'spread over many actions' : 'all about the same action'}`,
    env,
    requests: gatherRequests(env, ask, { Allow: 120, ImplicitDeny: 65, ExplicitDeny: 15 }),
  };
}

const SEED = 2026;
export const GROWTH_COUNTS = [10, 100, 1000, 10_000] as const;

/** Every workload by its name, made when it is asked for. */
export const WORKLOADS: ReadonlyMap<string, () => Workload> = new Map<string, () => Workload>([
  ['W1', () => typicalPrincipal(SEED)],
  ['W3', () => everyLayer(SEED)],
  ...(['spread', 'same'] as const).flatMap((kind) =>
    GROWTH_COUNTS.map((count) => [`W4-${kind}-${count}`, () => growth(SEED, kind, count)] as const),
  ),
]);
