import {
  accessKeyLastUsedKey,
  lastAccessedPartition,
  policyPartition,
  roleLastUsedKey,
} from '../../lambdas/store/keys';
import { buildDeployment, createApp, resourcesOf } from './synthesize';
import type { Resource } from './synthesize';
import { OrdersStack } from '../../examples/orders/orders-stack';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

interface RoleProperties {
  readonly ManagedPolicyArns?: unknown;
  readonly AssumeRolePolicyDocument: { readonly Statement: { Principal: { Service: string } }[] };
  readonly Policies: { readonly PolicyDocument: { readonly Statement: Statement[] } }[];
}

const app = createApp();
const { data, controlPlane, authorizer } = buildDeployment({ app });
const orders = new OrdersStack(app, 'Orders', { portcullisPrefix: 'Portcullis' });
const stacks = { data, controlPlane, authorizer, orders };

const roles = Object.values(stacks).flatMap((stack) =>
  Object.entries(resourcesOf(stack))
    .filter(([, resource]) => resource.Type === 'AWS::IAM::Role')
    .map(([id, resource]) => ({
      name: `${stack.stackName} ${id.replace(/[0-9A-F]{8}$/, '')}`,
      properties: resource.Properties as unknown as RoleProperties,
    })),
);

function statementsOf(name: string): Statement[] {
  const role = roles.find((each) => each.name === name);
  if (role === undefined)
    throw new Error(`no role ${name} among ${roles.map((each) => each.name).join(', ')}`);
  return role.properties.Policies.flatMap((policy) => policy.PolicyDocument.Statement);
}

const actionsOf = (statement: Statement): string[] => [statement.Action].flat();

/** What a role may do, without its log and traces: `action on export or resource`. */
function grantsOf(name: string): string[] {
  return statementsOf(name)
    .filter((statement) => !actionsOf(statement).some((action) => /^(logs|xray):/.test(action)))
    .flatMap((statement) =>
      [statement.Resource]
        .flat()
        .flatMap((resource) =>
          actionsOf(statement).map((action) => `${action} on ${describeResource(resource)}`),
        ),
    )
    .sort();
}

function describeResource(resource: unknown): string {
  const text = JSON.stringify(resource);
  for (const name of ['IdentitiesTable', 'PoliciesTable', 'Key', 'RootCredentials', 'Orders']) {
    if (text.includes(name)) return name;
  }
  return text;
}

const READ = ['BatchGetItem', 'GetItem', 'Query'];
const WRITE = ['ConditionCheckItem', 'DeleteItem', 'PutItem', 'UpdateItem'];
const on = (table: string, actions: readonly string[]) =>
  actions.map((action) => `dynamodb:${action} on ${table}`);

describe('every role', () => {
  test('there is one for each function, and one for the gateway’s logs', () => {
    expect(roles.map(({ name }) => name).sort()).toEqual([
      'Orders FunctionRole',
      'Orders SampleOrdersHandlerRole',
      'Portcullis-Authorizer AuthorizerRole',
      'Portcullis-Authorizer RouteCatalogueRegistrarRole',
      'Portcullis-Authorizer ServiceRegistrarRole',
      'Portcullis-ControlPlane AccountHandlerRole',
      'Portcullis-ControlPlane GatewayLoggingRole',
      'Portcullis-ControlPlane IamRole',
      'Portcullis-ControlPlane IssuerRole',
      'Portcullis-ControlPlane PortcullisRole',
      'Portcullis-ControlPlane SamlVerificationSamlRole',
      'Portcullis-ControlPlane SignInRole',
      'Portcullis-ControlPlane StsRole',
      'Portcullis-ControlPlane WorkloadCredentialsWorkloadRole',
    ]);
  });

  test('has no managed policy, and no policy outside the role', () => {
    for (const { properties } of roles) expect(properties.ManagedPolicyArns).toBeUndefined();
    const outside = Object.values(stacks).flatMap((stack) =>
      Object.values(resourcesOf(stack)).filter((resource: Resource) =>
        /^AWS::IAM::(Policy|ManagedPolicy|RolePolicy)$/.test(resource.Type),
      ),
    );
    expect(outside).toEqual([]);
  });

  test('grants no wildcard action', () => {
    for (const { name } of roles) {
      for (const statement of statementsOf(name)) {
        expect(actionsOf(statement).filter((action) => action.includes('*'))).toEqual([]);
      }
    }
  });

  test('grants * as resource for traces alone, but for the gateway’s account-wide log role', () => {
    const wide = roles.flatMap(({ name }) =>
      statementsOf(name)
        .filter((statement) => JSON.stringify(statement.Resource).includes('*'))
        .map((statement) => `${name}: ${actionsOf(statement).join(' ')}`),
    );
    const gateway = wide.filter((line) => line.includes('GatewayLoggingRole'));
    expect(gateway).toHaveLength(1);
    expect(wide.filter((line) => !gateway.includes(line))).toEqual(
      roles
        .filter(({ name }) => !name.includes('GatewayLogging'))
        .map(({ name }) => `${name}: xray:PutTelemetryRecords xray:PutTraceSegments`),
    );
  });

  test('writes to its own log group alone', () => {
    for (const { name } of roles.filter((role) => !role.name.includes('GatewayLogging'))) {
      const id = name.split(' ')[1]?.replace(/Role$/, '') ?? '';
      const logs = statementsOf(name).filter((statement) =>
        actionsOf(statement).some((action) => action.startsWith('logs:')),
      );
      expect(logs).toEqual([
        {
          Effect: 'Allow',
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: {
            'Fn::GetAtt': [expect.stringMatching(new RegExp(`^${id}Log[0-9A-F]{8}$`)), 'Arn'],
          },
        },
      ]);
    }
  });

  test('is assumed by the one service that needs it', () => {
    for (const { name, properties } of roles) {
      const services = properties.AssumeRolePolicyDocument.Statement.map(
        (statement) => statement.Principal.Service,
      );
      expect(services).toEqual([
        name.includes('GatewayLogging') ? 'apigateway.amazonaws.com' : 'lambda.amazonaws.com',
      ]);
    }
  });
});

describe('what each function may do', () => {
  const READ_AND_OPEN = [
    ...on('IdentitiesTable', READ),
    ...on('PoliciesTable', READ),
    'kms:Decrypt on Key',
  ];

  test('the authorizer reads, opens secrets, and notes uses', () => {
    const noting = on('IdentitiesTable', ['ConditionCheckItem', 'PutItem', 'UpdateItem']);
    expect(grantsOf('Portcullis-Authorizer AuthorizerRole')).toEqual(
      [...READ_AND_OPEN, ...noting].sort(),
    );
  });

  test('the authorizer writes into no partition but those of uses', () => {
    const writing = statementsOf('Portcullis-Authorizer AuthorizerRole').filter((statement) =>
      actionsOf(statement).some((action) => /:(?:Put|Update|Delete)Item$/.test(action)),
    );
    expect(writing.map((statement) => statement.Condition)).toEqual([
      {
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': ['AccessKeyLastUsed#*', 'LastAccessed#*', 'RoleLastUsed#*'],
        },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    ]);
    const partitions = [
      accessKeyLastUsedKey('AKIAEXAMPLE').partition,
      lastAccessedPartition('123456789012', 'AIDAEXAMPLE'),
      roleLastUsedKey('123456789012', 'AROAEXAMPLE').partition,
    ];
    expect(partitions.map((partition) => partition.replace(/#.*$/, '#*'))).toEqual([
      'AccessKeyLastUsed#*',
      'LastAccessed#*',
      'RoleLastUsed#*',
    ]);
  });

  test('sts writes identities, adds policies that AWS manages, makes data keys, and asks the SAML function', () => {
    const [invoked = '', ...others] = grantsOf('Portcullis-ControlPlane StsRole').filter((grant) =>
      grant.startsWith('lambda:'),
    );
    expect(invoked).toMatch(/^lambda:InvokeFunction on .*SamlVerificationSaml/);
    expect(others).toEqual([]);
    expect(
      grantsOf('Portcullis-ControlPlane StsRole').filter((grant) => grant !== invoked),
    ).toEqual(
      [
        ...on('IdentitiesTable', [...READ, ...WRITE]),
        ...on('PoliciesTable', [...READ, 'PutItem']),
        'kms:Decrypt on Key',
        'kms:GenerateDataKey on Key',
      ].sort(),
    );
  });

  test('sts writes no policies but those that AWS manages', () => {
    const writing = statementsOf('Portcullis-ControlPlane StsRole').filter(
      (statement) =>
        statement.Condition !== undefined && actionsOf(statement).includes('dynamodb:PutItem'),
    );
    expect(writing.map((statement) => statement.Condition)).toEqual([
      {
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['Policy#aws#*'] },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    ]);
    expect(policyPartition('aws', 'ANPAEXAMPLE')).toMatch(/^Policy#aws#/);
  });

  test('portcullis reads both tables, writes policies and notes uses, and opens secrets', () => {
    const noting = on('IdentitiesTable', ['ConditionCheckItem', 'PutItem', 'UpdateItem']);
    expect(grantsOf('Portcullis-ControlPlane PortcullisRole')).toEqual(
      [
        ...on('IdentitiesTable', READ),
        ...noting,
        ...on('PoliciesTable', [...READ, ...WRITE]),
        'kms:Decrypt on Key',
      ].sort(),
    );
  });

  test('the issuer of public documents reads identities alone', () => {
    expect(grantsOf('Portcullis-ControlPlane IssuerRole')).toEqual(
      [...on('IdentitiesTable', READ), 'kms:Decrypt on Key'].sort(),
    );
  });

  test('iam reads and writes both tables, and makes data keys', () => {
    expect(grantsOf('Portcullis-ControlPlane IamRole')).toEqual(
      [
        ...on('IdentitiesTable', [...READ, ...WRITE]),
        ...on('PoliciesTable', [...READ, ...WRITE]),
        'kms:Decrypt on Key',
        'kms:GenerateDataKey on Key',
      ].sort(),
    );
  });

  test('the account handler reaches identities and the root credentials, not policies', () => {
    expect(grantsOf('Portcullis-ControlPlane AccountHandlerRole')).toEqual(
      [
        ...on('IdentitiesTable', [...READ, ...WRITE]),
        'kms:Decrypt on Key',
        'kms:GenerateDataKey on Key',
        'secretsmanager:GetSecretValue on RootCredentials',
        'secretsmanager:PutSecretValue on RootCredentials',
      ].sort(),
    );
  });

  test('the registrar of route catalogues replaces items of policies and reads nothing', () => {
    expect(grantsOf('Portcullis-Authorizer RouteCatalogueRegistrarRole')).toEqual(
      [...on('PoliciesTable', ['PutItem', 'DeleteItem']), 'kms:Decrypt on Key'].sort(),
    );
  });

  test('the registrar of services keeps their rows alone', () => {
    const role = 'Portcullis-Authorizer ServiceRegistrarRole';
    expect(grantsOf(role)).toEqual(
      [...on('PoliciesTable', ['GetItem', 'PutItem', 'DeleteItem']), 'kms:Decrypt on Key'].sort(),
    );
    const [written] = statementsOf(role).filter((statement) =>
      actionsOf(statement).includes('dynamodb:PutItem'),
    );
    expect(written?.Condition).toEqual({
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['Services#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    });
  });

  test('nobody else reads the root credentials', () => {
    const readers = roles.filter(({ name }) =>
      statementsOf(name).some((statement) =>
        actionsOf(statement).some((action) => action.startsWith('secretsmanager:')),
      ),
    );
    expect(readers.map(({ name }) => name)).toEqual(['Portcullis-ControlPlane AccountHandlerRole']);
  });
});
