import { RemovalPolicy, Token, Validations } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import {
  AttributeType,
  Billing,
  BillingMode,
  StreamViewType,
  Table,
  TableEncryption,
  TableEncryptionV2,
  TableV2,
} from 'aws-cdk-lib/aws-dynamodb';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** What both tables are. */
export interface StoreTableOptions {
  readonly key: IKey;
  /** Whether the table is protected against deletion, backed up, and kept when its stack goes. */
  readonly isProtected: boolean;
  /** Undefined: the table is of one region, for ever. Otherwise it is a global one, with a copy in each of these. */
  readonly replicaRegions: readonly string[] | undefined;
}

const KEYS = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  sortKey: { name: 'sk', type: AttributeType.STRING },
  timeToLiveAttribute: 'ttl',
};

/** One of the two tables. Invariant: its logical id comes from `id` alone, whichever kind it is. */
export function createStoreTable(scope: Stack, id: string, options: StoreTableOptions): ITable {
  const { key, isProtected, replicaRegions } = options;
  const kept = {
    deletionProtection: isProtected,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: isProtected },
    removalPolicy: isProtected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  };
  const table =
    replicaRegions === undefined
      ? new Table(scope, id, {
          ...KEYS,
          ...kept,
          billingMode: BillingMode.PAY_PER_REQUEST,
          encryption: TableEncryption.CUSTOMER_MANAGED,
          encryptionKey: key,
          stream: StreamViewType.NEW_AND_OLD_IMAGES,
        })
      : new TableV2(scope, id, {
          ...KEYS,
          ...kept,
          billing: Billing.onDemand(),
          encryption: TableEncryptionV2.customerManagedKey(
            key,
            replicaKeyArns(scope, key, replicaRegions),
          ),
          dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES,
          replicas: replicaRegions.map((region) => ({ region })),
        });
  if (!isProtected) acknowledgeNoBackup(table);
  return table;
}

/**
 * A copy of a multi-Region key has its id, in another region.
 *
 * Source: https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
 */
function replicaKeyArns(
  stack: Stack,
  key: IKey,
  regions: readonly string[],
): Record<string, string> {
  return Object.fromEntries(
    regions.map((region) => {
      requireOtherRegion(stack, region);
      return [
        region,
        stack.formatArn({ service: 'kms', region, resource: 'key', resourceName: key.keyId }),
      ];
    }),
  );
}

function requireOtherRegion(stack: Stack, region: string): void {
  if (Token.isUnresolved(stack.region)) {
    throw new Error('replicaRegions need a stack whose own region is given');
  }
  if (!/^[a-z]{2}(-[a-z]+)+-[0-9]$/.test(region) || region === stack.region) {
    throw new Error(
      `replicaRegions must be other regions than ${stack.region}, but had ${JSON.stringify(region)}`,
    );
  }
}

function acknowledgeNoBackup(table: Construct): void {
  Validations.of(table).acknowledge({
    id: 'AwsSolutions::AwsSolutions-DDB3',
    reason: 'A sandbox holds nothing worth a backup.',
  });
}
