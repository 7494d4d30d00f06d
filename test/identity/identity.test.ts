import fc from 'fast-check';
import { compilePolicy } from '../../lambdas/core/compile';
import { evaluate } from '../../lambdas/core/evaluate';
import { POLICY_SIZE_CODE } from '../../lambdas/core/policy-size';
import { createPolicySet } from '../../lambdas/core/policy-set';
import { validatePolicy } from '../../lambdas/core/validate';
import { iamArn, iamPathArn, rootArn } from '../../lambdas/identity/arns';
import {
  AWS_MANAGED_POLICIES,
  awsManagedPolicy,
} from '../../lambdas/identity/aws-managed-policies';
import { readPolicy, readUser, toAttributes } from '../../lambdas/identity/records';
import {
  mergeTags,
  removeTags,
  requestTagContext,
  resourceTagContext,
} from '../../lambdas/identity/tags';
import { createUniqueId } from '../../lambdas/identity/unique-ids';
import { StoreUnavailable, type Attributes, type Item } from '../../lambdas/store/store';

describe('unique ids', () => {
  test('are the prefix and 17 letters of base32', () => {
    const random = fc.uint8Array({ minLength: 17, maxLength: 17 });
    fc.assert(
      fc.property(random, (bytes) => {
        expect(createUniqueId('AIDA', () => bytes)).toMatch(/^AIDA[A-Z2-7]{17}$/);
      }),
    );
  });

  test('differ where the random bits differ', () => {
    const of = (byte: number) => createUniqueId('ANPA', () => new Uint8Array(17).fill(byte));
    expect(new Set(Array.from({ length: 32 }, (_, byte) => of(byte))).size).toBe(32);
  });

  test('are never made of fewer random bytes', () => {
    expect(() => createUniqueId('AGPA', () => new Uint8Array(3))).toThrow('17 random bytes');
  });
});

describe('ARNs', () => {
  const scope = { partition: 'aws', accountId: '123456789012' };

  test('have the path between the resource type and the name', () => {
    expect(iamArn(scope, 'user', '/', 'alice')).toBe('arn:aws:iam::123456789012:user/alice');
    expect(iamArn(scope, 'group', '/a/b/', 'devs')).toBe(
      'arn:aws:iam::123456789012:group/a/b/devs',
    );
    expect(iamPathArn(scope, 'policy', '/a/')).toBe('arn:aws:iam::123456789012:policy/a/');
    expect(rootArn(scope)).toBe('arn:aws:iam::123456789012:root');
  });
});

describe('policies that AWS manages', () => {
  test('are valid managed policies, whatever their size', () => {
    for (const { PolicyName: name, PolicyId: id, Path: path, document } of AWS_MANAGED_POLICIES) {
      const findings = validatePolicy(document, 'managed').findings.filter(
        ({ code }) => code !== POLICY_SIZE_CODE,
      );
      expect([name, findings]).toEqual([name, []]);
      expect(id).toMatch(/^ANPA[A-Z2-7]{17}$/);
      expect(name).toMatch(/^[\w-]{1,128}$/);
      expect(path).toMatch(/^\/(?:(?:service-role|job-function|aws-service-role)\/)?$/);
    }
  });

  test.each([
    ['AmazonS3ReadOnlyAccess', 's3:GetObject', true],
    ['AmazonS3ReadOnlyAccess', 's3:PutObject', false],
    ['AmazonS3FullAccess', 's3:DeleteBucket', true],
    ['AmazonS3FullAccess', 'sqs:SendMessage', false],
    ['AmazonDynamoDBReadOnlyAccess', 'dynamodb:Query', true],
    ['AmazonDynamoDBReadOnlyAccess', 'dynamodb:PutItem', false],
    ['service-role/AWSLambdaBasicExecutionRole', 'logs:PutLogEvents', true],
    ['service-role/AWSLambdaBasicExecutionRole', 'logs:DeleteLogGroup', false],
    ['ReadOnlyAccess', 'ec2:DescribeInstances', true],
    ['ReadOnlyAccess', 'iam:GetUser', true],
    ['ReadOnlyAccess', 'secretsmanager:GetSecretValue', false],
    ['ReadOnlyAccess', 'ec2:RunInstances', false],
    ['job-function/ViewOnlyAccess', 's3:ListBucket', true],
    ['job-function/ViewOnlyAccess', 's3:GetObject', false],
    ['SecurityAudit', 's3:GetBucketPolicy', true],
    ['SecurityAudit', 's3:GetObject', false],
    ['PowerUserAccess', 'ec2:RunInstances', true],
    ['PowerUserAccess', 'iam:CreateUser', false],
    ['AWSDenyAll', 's3:GetObject', false],
  ])('%s on %s: %s', (name, action, isAllowed) => {
    const policy = awsManagedPolicy(`arn:aws:iam::aws:policy/${name}`);
    const compiled = compilePolicy(policy?.document ?? '', {
      policyType: 'identity-based policy',
    });
    const principal = {
      type: 'User',
      arn: 'arn:aws:iam::123456789012:user/a',
      accountId: '123456789012',
    } as const;
    const { decision } = evaluate(
      { principal, action, resource: '*', resourceAccount: '123456789012', context: {} },
      createPolicySet({ identity: [compiled] }),
    );
    expect(decision === 'allowed').toBe(isAllowed);
  });

  test('are in the order of their names, which lists go by', () => {
    const names = AWS_MANAGED_POLICIES.map((policy) => policy.PolicyName);
    expect(names).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(600);
    expect(new Set(AWS_MANAGED_POLICIES.map((policy) => policy.PolicyId)).size).toBe(names.length);
  });

  test.each([
    ['arn:aws:iam::aws:policy/AdministratorAccess', 'AdministratorAccess'],
    ['arn:aws-us-gov:iam::aws:policy/AdministratorAccess', 'AdministratorAccess'],
    ['arn:aws:iam::aws:policy/administratoraccess', undefined],
    ['arn:aws:iam::aws:policy/x/AdministratorAccess', undefined],
    ['arn:aws:iam::123456789012:policy/AdministratorAccess', undefined],
    ['AdministratorAccess', undefined],
    ['arn:aws:iam::aws:policy/__proto__', undefined],
  ])('%s is %s', (arn, name) => {
    expect(awsManagedPolicy(arn)?.PolicyName).toBe(name);
  });
});

describe('tags', () => {
  const present = [
    { Key: 'Team', Value: 'blue' },
    { Key: 'stage', Value: '' },
  ];

  test('of one key in any case are one tag, in the case that came last', () => {
    expect(mergeTags(present, [{ Key: 'team', Value: 'red' }])).toEqual([
      { Key: 'team', Value: 'red' },
      { Key: 'stage', Value: '' },
    ]);
    expect(removeTags(present, ['TEAM', 'none'])).toEqual([{ Key: 'stage', Value: '' }]);
  });

  test('never answer to one condition key twice', () => {
    const key = fc.constantFrom('k', 'K', '\u212A', 'ss', 'ß', 'I', 'ı', 'İ', 'i');
    fc.assert(
      fc.property(fc.array(key), (keys) => {
        const tags = mergeTags(
          [],
          keys.map((Key) => ({ Key, Value: '' })),
        );
        const lowerCase = tags.map((tag) => tag.Key.toLowerCase());
        expect(new Set(lowerCase).size).toBe(lowerCase.length);
      }),
    );
  });

  test('are the condition keys of a request and of a resource', () => {
    expect(requestTagContext(present)).toEqual({
      'aws:RequestTag/Team': 'blue',
      'aws:RequestTag/stage': '',
      'aws:TagKeys': ['Team', 'stage'],
    });
    expect(requestTagContext([])).toEqual({});
    expect(resourceTagContext([{ Key: 'a', Value: 'b' }])).toEqual({
      'aws:ResourceTag/a': 'b',
      'iam:ResourceTag/a': 'b',
    });
  });
});

describe('rows', () => {
  const user: Attributes = {
    UserName: 'alice',
    UserId: 'AIDA',
    Path: '/',
    CreateDate: 1,
    Tags: [{ Key: 'a', Value: 'b' }],
    AttachedPolicyCount: 0,
    InlinePolicyCount: 0,
    InlinePolicySize: 0,
    GroupCount: 0,
    AccessKeyCount: 0,
  };
  const item = (attributes: Attributes): Item => ({
    key: { table: 'identities', partition: 'p', sort: 's' },
    revision: 1,
    attributes,
  });

  test('are read as they were written, without what they do not have', () => {
    expect(readUser(item(user))).toEqual(user);
    expect(toAttributes({ ...user, PermissionsBoundary: undefined })).toEqual(user);
  });

  test.each(Object.keys(user))('without %s are an outage, never a default', (name) => {
    const { [name]: _left, ...rest } = user;
    expect(() => readUser(item(rest))).toThrow(StoreUnavailable);
    expect(() => readUser(item({ ...user, [name]: null }))).toThrow(
      `a stored user cannot be read: ${name}:`,
    );
  });

  test('that cannot be read are described without their values', () => {
    let message = '';
    try {
      readPolicy(item({ ...user, PolicyName: 'secret' }));
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain('a stored policy cannot be read');
    expect(message).not.toContain('secret');
  });
});
