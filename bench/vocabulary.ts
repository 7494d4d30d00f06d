import type { Choices } from '../test/model/choices';
import type { ConditionElement, StatementJson } from '../test/model/scenario';

/*
 * The words of the generated workloads: services with their resource types, and statements that use them.
 */

export const ACCOUNT = '123456789012';
export const OTHER_ACCOUNT = '210987654321';
export const REGIONS = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;

export const RESOURCE_TYPES: Readonly<Record<string, readonly string[]>> = {
  docs: ['document', 'folder', 'comment'],
  orders: ['order', 'cart', 'refund'],
  queue: ['queue', 'topic', 'message'],
  ledger: ['account', 'entry', 'report'],
  media: ['asset', 'album', 'stream'],
  people: ['person', 'group', 'badge'],
  store: ['bucket', 'object', 'lock'],
  ops: ['job', 'alarm', 'runbook'],
};
export const SERVICES = Object.keys(RESOURCE_TYPES);
export const VERBS = [
  'Get',
  'List',
  'Describe',
  'Put',
  'Create',
  'Update',
  'Delete',
  'Tag',
] as const;
const CONSTELLATIONS = ['apollo', 'borealis', 'cygnus', 'draco', 'eridanus'] as const;

const typesOf = (service: string): readonly string[] => RESOURCE_TYPES[service] ?? [];

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

export const chooseAction = (choices: Choices, service: string): string =>
  `${service}:${choices.pick(VERBS)}${capital(choices.pick(typesOf(service)))}`;

const chooseTeam = (choices: Choices): string => `team-${choices.integer(1, 12)}`;

export function chooseArn(choices: Choices, service: string, account: string): string {
  const type = choices.pick(typesOf(service));
  const name = `${choices.pick(CONSTELLATIONS)}-${choices.integer(1, 40)}`;
  return `arn:aws:${service}:${choices.pick(REGIONS)}:${account}:${type}/${chooseTeam(choices)}/${name}`;
}

function chooseActions(choices: Choices, service: string): readonly string[] {
  return choices.pickWeighted([
    [5, choices.times(choices.integer(1, 4), () => chooseAction(choices, service))],
    [4, choices.times(choices.integer(1, 2), () => `${service}:${choices.pick(VERBS)}*`)],
    [2, [`${service}:*${capital(choices.pick(typesOf(service)))}`]],
    [1, [`${service}:*`]],
  ]);
}

function chooseResources(choices: Choices, service: string, account: string): readonly string[] {
  if (choices.chance(12)) return ['*'];
  return choices.times(choices.integer(1, 3), () => {
    const type = choices.pick(typesOf(service));
    const region = choices.pick([...REGIONS, '*', '*']);
    const entity = choices.pickWeighted([
      [5, `${type}/${chooseTeam(choices)}/*`],
      [4, `${type}/*/${choices.pick(CONSTELLATIONS)}-*`],
      [3, `${type}/*`],
      [1, '*'],
    ]);
    return `arn:aws:${service}:${region}:${account}:${entity}`;
  });
}

export function chooseCondition(choices: Choices, variable: string): ConditionElement {
  return choices.pickWeighted<ConditionElement>([
    [3, { StringEquals: { 'aws:ResourceTag/team': choices.times(3, () => chooseTeam(choices)) } }],
    [2, { StringEquals: { 'aws:ResourceTag/env': choices.some(['dev', 'stage', 'prod'], 2) } }],
    [2, { IpAddress: { 'aws:SourceIp': choices.some(['10.0.0.0/8', '203.0.113.0/24'], 2) } }],
    [2, { NumericLessThan: { 'app:Size': choices.pick(['512', '2048', '4096', '8192']) } }],
    [2, { StringLike: { 'app:Prefix': [`home/\${${variable}}/*`, 'shared/*'] } }],
  ]);
}

/** One statement about one service, as teams write them. */
export function chooseStatement(
  choices: Choices,
  sid: string,
  account: string,
  variable: string,
): StatementJson {
  const service = choices.pick(SERVICES);
  return {
    Sid: sid,
    Effect: choices.chance(14) ? 'Deny' : 'Allow',
    Action: chooseActions(choices, service),
    Resource: chooseResources(choices, service, account),
    ...(choices.chance(30) ? { Condition: chooseCondition(choices, variable) } : {}),
  };
}

/** A request's condition keys; some are missing now and then. */
export function chooseContext(
  choices: Choices,
  own: Readonly<Record<string, string>>,
  homes: readonly string[],
): Readonly<Record<string, string>> {
  const octet = (): number => choices.integer(0, 255);
  const prefix = choices.pick(['shared', ...homes.map((home) => `home/${home}`)]);
  const optional: Readonly<Record<string, string>> = {
    'aws:ResourceTag/team': chooseTeam(choices),
    'aws:ResourceTag/env': choices.pick(['dev', 'stage', 'prod']),
    'app:Size': String(choices.integer(1, 12_000)),
    'app:Prefix': `${prefix}/${choices.pick(['a', 'b', 'c'])}${choices.integer(1, 99)}`,
  };
  return {
    'aws:SourceIp': choices.pick([
      `10.${octet()}.${octet()}.${octet()}`,
      `203.0.113.${octet()}`,
      `198.51.100.${octet()}`,
      `192.168.${octet()}.${octet()}`,
    ]),
    ...Object.fromEntries(Object.entries(optional).filter(() => choices.chance(88))),
    ...own,
    'aws:SecureTransport': 'true',
  };
}
