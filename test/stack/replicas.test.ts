import { Match, Template } from 'aws-cdk-lib/assertions';
import { AuthorizerStack, DataStack, ReplicaStack } from '../../lib';
import { findingsIn } from './findings';
import { buildDeployment, createApp, resourcesOf } from './synthesize';

const env = { account: '123456789012', region: 'us-east-1' };
const primary = {
  keyArn: `arn:aws:kms:us-east-1:123456789012:key/mrk-${'0'.repeat(32)}`,
  identitiesTableName: 'identities',
  policiesTableName: 'policies',
};

const createData = (replicaRegions?: readonly string[], sandbox = false) =>
  new DataStack(createApp(), 'Portcullis-Data', { env, sandbox, replicaRegions });

/** The authorizer of a region with copies of the tables. */
function createReplica() {
  const app = createApp();
  const elsewhere = { ...env, region: 'eu-west-1' };
  const store = new ReplicaStack(app, 'Portcullis-Replica', { env: elsewhere, primary });
  const authorizer = new AuthorizerStack(app, 'Portcullis-Authorizer', {
    env: elsewhere,
    store,
    isReplica: true,
  });
  return { store, authorizer };
}

describe('tables with copies in other regions', () => {
  const data = createData(['eu-west-1', 'us-east-2']);
  const template = Template.fromStack(data);

  test('keep the logical ids of those of one region', () => {
    expect(Object.keys(resourcesOf(data))).toEqual(Object.keys(resourcesOf(createData())));
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2);
    template.resourceCountIs('AWS::DynamoDB::Table', 0);
  });

  test('are encrypted under the copies of one key, protected and backed up, in each region', () => {
    template.hasResourceProperties('AWS::KMS::Key', { MultiRegion: true, EnableKeyRotation: true });
    for (const { Properties } of Object.values(
      template.findResources('AWS::DynamoDB::GlobalTable'),
    ) as {
      Properties: { Replicas: Record<string, unknown>[] };
    }[]) {
      expect(Properties.Replicas.map(({ Region }) => Region).sort()).toEqual([
        'eu-west-1',
        'us-east-1',
        'us-east-2',
      ]);
      for (const replica of Properties.Replicas) {
        expect(replica).toMatchObject({
          DeletionProtectionEnabled: true,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          SSESpecification: { KMSMasterKeyId: expect.anything() as unknown },
        });
        const key = JSON.stringify(replica['SSESpecification']);
        if (replica['Region'] !== env.region) {
          expect(key).toContain(`:kms:${String(replica['Region'])}:123456789012:key/`);
        }
      }
    }
    template.hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Retain',
      Properties: {
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
    });
  });

  test('may have none yet, and the key can still be copied', () => {
    const alone = Template.fromStack(createData([]));
    alone.hasResourceProperties('AWS::DynamoDB::GlobalTable', {
      Replicas: [Match.objectLike({ Region: 'us-east-1' })],
    });
    alone.hasResourceProperties('AWS::KMS::Key', { MultiRegion: true });
  });

  test('are of one region by default', () => {
    Template.fromStack(createData()).hasResourceProperties('AWS::KMS::Key', {
      MultiRegion: Match.absent(),
    });
  });

  test('go with the stack of a sandbox, backups and all', () => {
    Template.fromStack(createData(['eu-west-1'], true)).hasResource('AWS::DynamoDB::GlobalTable', {
      DeletionPolicy: 'Delete',
      Properties: {
        Replicas: Match.arrayWith([Match.objectLike({ DeletionProtectionEnabled: false })]),
      },
    });
  });

  test.each([['us-east-1'], ['Ireland']])('are not in %s', (region) => {
    expect(() => createData([region])).toThrow('replicaRegions must be other regions');
  });

  test('need a region of their own', () => {
    expect(() => new DataStack(createApp(), 'Data', { replicaRegions: ['eu-west-1'] })).toThrow(
      'whose own region is given',
    );
  });
});

describe('a region in which nothing is administered', () => {
  const { store, authorizer } = createReplica();
  const allowed = (stack: AuthorizerStack) =>
    Object.entries(resourcesOf(stack))
      .filter(([, { Type }]) => Type === 'AWS::IAM::Role')
      .map(([id, { Properties }]) => [id, JSON.stringify(Properties)] as const);

  test('has a copy of the key, kept as the key is', () => {
    Template.fromStack(store).hasResource('AWS::KMS::ReplicaKey', {
      DeletionPolicy: 'Retain',
      Properties: { PrimaryKeyArn: primary.keyArn, PendingWindowInDays: 30 },
    });
    expect(store.terminationProtection).toBe(true);
  });

  test('reads the copies of its own region, and writes nothing but the routes of its APIs', () => {
    for (const [id, permissions] of allowed(authorizer)) {
      expect(permissions).not.toMatch(/UpdateItem|ConditionCheckItem|GenerateDataKey/);
      const writes = permissions.includes('dynamodb:PutItem');
      expect([id, writes]).toEqual([id, id.startsWith('RouteCatalogueRegistrar')]);
      if (writes) expect(permissions).toContain('"dynamodb:LeadingKeys":["RouteCatalogue#*"]');
    }
    Template.fromStack(authorizer).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({ IDENTITIES_TABLE: 'identities', NOTE_USAGE: 'false' }),
      },
    });
  });

  test('is told apart: the region that administers notes who was there', () => {
    const usual = buildDeployment().authorizer;
    expect(JSON.stringify(resourcesOf(usual))).not.toContain('NOTE_USAGE');
    const [, permissions] = allowed(usual).find(([id]) => id.startsWith('AuthorizerRole')) ?? [];
    expect(permissions).toContain('dynamodb:UpdateItem');
  });

  test('is not made of a key of one region', () => {
    const keyArn = 'arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000';
    expect(
      () => new ReplicaStack(createApp(), 'Replica', { primary: { ...primary, keyArn } }),
    ).toThrow('keyArn must be the ARN of a multi-Region key');
  });

  test('passes the rule packs', () => {
    expect([store, authorizer, createData(['eu-west-1'])].flatMap(findingsIn)).toEqual([]);
  });
});
