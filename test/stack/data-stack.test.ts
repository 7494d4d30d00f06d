import { buildDeployment, createApp, resourcesOf } from './synthesize';
import type { Resource } from './synthesize';
import { DataStack } from '../../lib/data-stack';

const production = buildDeployment().data;
const sandbox = buildDeployment({ sandbox: true }).data;

function ofType(stack: DataStack, type: string): Resource[] {
  return Object.values(resourcesOf(stack)).filter((resource) => resource.Type === type);
}

describe('what must outlive a deployment', () => {
  test('keeps its logical ids: another id is a new, empty resource', () => {
    const ids = Object.entries(resourcesOf(production)).map(([id, { Type }]) => [id, Type]);
    expect(ids).toEqual([
      ['Key961B73FD', 'AWS::KMS::Key'],
      ['IdentitiesTableCD62DAD4', 'AWS::DynamoDB::Table'],
      ['PoliciesTableB128A423', 'AWS::DynamoDB::Table'],
      ['RootCredentials5C48DAB7', 'AWS::SecretsManager::Secret'],
    ]);
  });

  test('has the same logical ids in a sandbox', () => {
    expect(Object.keys(resourcesOf(sandbox))).toEqual(Object.keys(resourcesOf(production)));
  });

  test('is retained when its stack is deleted or its resource replaced', () => {
    for (const resource of Object.values(resourcesOf(production))) {
      expect(resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });

  test('the stack refuses to be deleted', () => {
    expect(production.terminationProtection).toBe(true);
  });
});

describe('both tables', () => {
  const tables = ofType(production, 'AWS::DynamoDB::Table');

  test('there are two', () => {
    expect(tables).toHaveLength(2);
  });

  test.each(tables.map((table, index) => [index, table] as const))(
    'table %i is on demand, keyed by pk and sk, and forgets what has expired',
    (_index, table) => {
      expect(table.Properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
      });
    },
  );

  test.each(tables.map((table, index) => [index, table] as const))(
    'table %i is encrypted by the key, backed up, streamed and protected from deletion',
    (_index, table) => {
      expect(table.Properties).toMatchObject({
        SSESpecification: {
          SSEEnabled: true,
          SSEType: 'KMS',
          KMSMasterKeyId: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] },
        },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        DeletionProtectionEnabled: true,
      });
    },
  );
});

describe('the key and the root credentials', () => {
  test('the key rotates', () => {
    expect(ofType(production, 'AWS::KMS::Key')[0]?.Properties).toMatchObject({
      EnableKeyRotation: true,
      PendingWindowInDays: 30,
    });
  });

  test('the secret is encrypted by the key and begins without a credential', () => {
    expect(ofType(production, 'AWS::SecretsManager::Secret')[0]?.Properties).toMatchObject({
      KmsKeyId: { 'Fn::GetAtt': ['Key961B73FD', 'Arn'] },
      GenerateSecretString: { SecretStringTemplate: '{}', GenerateStringKey: 'Placeholder' },
    });
  });
});

describe('a sandbox', () => {
  test('everything goes with its stack', () => {
    for (const resource of Object.values(resourcesOf(sandbox))) {
      expect(resource).toMatchObject({ DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    }
    expect(sandbox.terminationProtection).toBe(false);
  });

  test('tables are neither protected nor backed up', () => {
    for (const table of ofType(sandbox, 'AWS::DynamoDB::Table')) {
      expect(table.Properties).toMatchObject({
        DeletionProtectionEnabled: false,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
      });
    }
  });

  test('tables are encrypted all the same', () => {
    for (const table of ofType(sandbox, 'AWS::DynamoDB::Table')) {
      expect(table.Properties).toMatchObject({ SSESpecification: { SSEType: 'KMS' } });
    }
  });

  test('is never the default', () => {
    const stack = new DataStack(createApp(), 'Data');
    expect(ofType(stack, 'AWS::DynamoDB::Table')[0]?.Properties).toMatchObject({
      DeletionProtectionEnabled: true,
    });
  });
});
