import { createCatalogue } from '../../../lambdas/core/catalogue/catalogue';
import { checkServiceDefinition } from '../../../lambdas/core/catalogue/check-definition';
import { checkPolicyAgainstCatalogue } from '../../../lambdas/core/catalogue/check-policy';
import type { ServiceDefinition } from '../../../lambdas/core/catalogue/service-definition';
import type { Statement } from '../../../lambdas/core/document';

const ORDERS: ServiceDefinition = {
  service: 'orders',
  actions: [
    {
      name: 'GetOrder',
      accessLevel: 'Read',
      resourceTypes: ['order', 'archive'],
      conditionKeys: [],
    },
    { name: 'ListOrders', accessLevel: 'List', resourceTypes: [], conditionKeys: [] },
  ],
  resourceTypes: [
    {
      name: 'order',
      arn: 'arn:${Partition}:orders:${Region}:${Account}:order/${OrderId}',
      conditionKeys: [],
    },
    { name: 'archive', arn: 'arn:${Partition}:orders:::archive', conditionKeys: [] },
  ],
  conditionKeys: [
    { name: 'orders:Channel', type: 'String' },
    { name: 'orders:Total', type: 'Numeric' },
    { name: 'orders:Tags', type: 'ArrayOfString' },
    { name: 'orders:Note/${Language}', type: 'String' },
    { name: 'aws:ResourceTag/${TagKey}', type: 'String' },
  ],
};

const catalogue = createCatalogue([ORDERS]);

test('actions are found by name and by pattern, in any case of letters', () => {
  expect(catalogue.hasService('ORDERS')).toBe(true);
  expect(catalogue.hasService('billing')).toBe(false);
  expect(catalogue.findAction('Orders:getorder')?.name).toBe('GetOrder');
  expect(catalogue.findAction('orders:Fly')).toBeUndefined();
  expect(catalogue.findAction('billing:GetOrder')).toBeUndefined();
  expect(catalogue.findActions('ORDERS:*order?')).toEqual(['orders:ListOrders']);
  expect(catalogue.findActions('*')).toEqual(['orders:GetOrder', 'orders:ListOrders']);
});

test.each([
  ['orders:GetOrder', 'arn:aws:orders:eu:1:order/42', true],
  ['orders:GetOrder', 'arn:aws:orders:::archive', true],
  ['orders:GetOrder', 'arn:aws:orders:eu:1:invoice/42', false],
  ['orders:GetOrder', '*', false],
  ['orders:ListOrders', '*', true],
  ['orders:ListOrders', 'arn:aws:orders:eu:1:order/42', false],
  ['orders:Fly', '*', false],
  ['billing:Get', '*', undefined],
  ['nothing', '*', undefined],
])('%s is about %s: %s', (action, resource, expected) => {
  expect(catalogue.relates(action)?.(resource)).toBe(expected);
});

test('condition keys are found by name, in any case of letters, with their parts filled in', () => {
  expect(catalogue.findConditionKey('orders:x', 'ORDERS:channel')?.type).toBe('String');
  expect(catalogue.findConditionKey('orders:x', 'orders:note/de')?.name).toBe(
    'orders:Note/${Language}',
  );
  expect(catalogue.findConditionKey('orders:x', 'orders:Other')).toBeUndefined();
  expect(catalogue.findConditionKey('billing:x', 'orders:Channel')).toBeUndefined();
});

test('a definition that cannot be used is a fault of the program', () => {
  expect(() => createCatalogue([ORDERS, { ...ORDERS, service: 'Orders' }])).toThrow(
    'two definitions of Orders',
  );
  expect(() => createCatalogue([{ ...ORDERS, resourceTypes: [] }])).toThrow(
    'no resource type order',
  );
  const [order] = ORDERS.resourceTypes;
  const broken = { name: 'order', conditionKeys: [], arn: 'x', ...(order === undefined && {}) };
  expect(() => createCatalogue([{ ...ORDERS, resourceTypes: [broken] }])).toThrow('no ARN: x');
});

function findingsOf(statement: Partial<Statement>) {
  const whole: Statement = {
    Effect: 'Allow',
    Action: ['orders:GetOrder'],
    start: 0,
    end: 0,
    ...statement,
  };
  return checkPolicyAgainstCatalogue({ Statement: [whole] }, catalogue).map(
    ({ code, path, severity, message }) => {
      expect(severity).toBe('warning');
      expect(message).not.toBe('');
      return [code, ...path].join(' ');
    },
  );
}

test('actions that a known service does not have are found', () => {
  expect(findingsOf({ Action: ['orders:Get*', 'orders:Fly', 'billing:Fly', '*'] })).toEqual([
    'UNKNOWN_ACTION Statement 0 Action 1',
  ]);
  expect(findingsOf({ Action: undefined, NotAction: ['orders:Fly'] })).toEqual([
    'UNKNOWN_ACTION Statement 0 NotAction 0',
  ]);
  expect(findingsOf({ Action: undefined })).toEqual([]);
});

function conditionOf(operator: string, key: string) {
  return findingsOf({ Condition: [{ operator, key, values: ['1'] }] });
}

test.each([
  ['StringEquals', 'orders:Channel', undefined],
  ['ArnLike', 'orders:Channel', undefined],
  ['NumericEquals', 'orders:Channel', 'MISMATCHED_OPERATOR'],
  ['NumericLessThan', 'orders:Total', undefined],
  ['StringEquals', 'orders:Total', 'MISMATCHED_OPERATOR'],
  ['Null', 'orders:Total', undefined],
  ['Unknown', 'orders:Total', undefined],
  ['ForAnyValue:StringLike', 'orders:Tags', undefined],
  ['StringLike', 'orders:Tags', 'MISMATCHED_OPERATOR'],
  ['ForAnyValue:StringLike', 'orders:Channel', 'MISMATCHED_OPERATOR'],
  ['StringEquals', 'orders:Nothing', 'UNKNOWN_CONDITION_KEY'],
  ['StringEquals', 'aws:username', undefined],
  ['StringEquals', 'billing:Nothing', undefined],
])('%s on %s: %s', (operator, key, code) => {
  expect(conditionOf(operator, key)).toEqual(
    code === undefined ? [] : [`${code} Statement 0 Condition ${operator} ${key}`],
  );
});

test('a sound definition has no findings', () => {
  expect(checkServiceDefinition(ORDERS)).toEqual([]);
  const tags = [
    { name: 'aws:TagKeys', type: 'ArrayOfString' as const },
    { name: 'AWS:RequestTag/${TagKey}', type: 'String' as const },
  ];
  expect(checkServiceDefinition({ ...ORDERS, conditionKeys: tags })).toEqual([]);
});

const ACTION = ORDERS.actions[0];
const TYPE = ORDERS.resourceTypes[0];

test.each([
  [
    'a prefix with a space',
    { service: 'my orders', resourceTypes: [], actions: [], conditionKeys: [] },
    'INVALID_SERVICE service',
  ],
  [
    'no prefix',
    { service: '', resourceTypes: [], actions: [], conditionKeys: [] },
    'INVALID_SERVICE service',
  ],
  [
    "AWS's own prefix",
    { service: 'IAM', resourceTypes: [], actions: [], conditionKeys: [] },
    'RESERVED_SERVICE service',
  ],
  [
    'the prefix of an API of AWS that is guarded',
    { service: 'appsync', resourceTypes: [], actions: [], conditionKeys: [] },
    'RESERVED_SERVICE service',
  ],
  [
    'an action with a star',
    { actions: [{ ...ACTION, name: 'Get*' }] },
    'INVALID_ACTION actions 0 name',
  ],
  [
    'an action twice',
    { actions: [ACTION, { ...ACTION, name: 'getorder' }] },
    'DUPLICATE_ACTION actions 1 name',
  ],
  [
    'an action about nothing',
    { actions: [{ ...ACTION, resourceTypes: ['x'] }] },
    'UNKNOWN_RESOURCE_TYPE actions 0 resourceTypes',
  ],
  [
    'a type twice',
    { actions: [], resourceTypes: [TYPE, TYPE] },
    'DUPLICATE_RESOURCE_TYPE resourceTypes 1 name',
  ],
  [
    'a type without an ARN',
    { actions: [], resourceTypes: [{ ...TYPE, arn: 'x' }] },
    'INVALID_ARN resourceTypes 0 arn',
  ],
  [
    'a type of another service',
    { actions: [], resourceTypes: [{ ...TYPE, arn: 'arn:aws:s3:::x' }] },
    'INVALID_ARN resourceTypes 0 arn',
  ],
  [
    'a key twice',
    { conditionKeys: [{ name: 'orders:A' }, { name: 'Orders:a' }] },
    'DUPLICATE_CONDITION_KEY conditionKeys 1 name',
  ],
  [
    "a key of AWS's",
    { conditionKeys: [{ name: 'aws:username' }] },
    'FOREIGN_CONDITION_KEY conditionKeys 0 name',
  ],
  [
    'a key of another service',
    { conditionKeys: [{ name: 'ordersx:A' }] },
    'FOREIGN_CONDITION_KEY conditionKeys 0 name',
  ],
])('a definition with %s is refused', (_name, change, code) => {
  const findings = checkServiceDefinition({ ...ORDERS, ...change } as ServiceDefinition);
  expect(findings.map((finding) => [finding.code, ...finding.path].join(' '))).toEqual([code]);
  expect(findings[0]).toMatchObject({
    severity: 'error',
    message: expect.stringMatching(/\w/) as string,
  });
});
