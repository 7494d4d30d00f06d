import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnReplicaKey, Key } from 'aws-cdk-lib/aws-kms';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { removalPolicyOf } from './removal';
import type { SandboxOption } from './removal';
import type { StoreResources } from './store-access';

/** The deployment whose copy this is: outputs of its data stack. */
export interface PrimaryStore {
  /** Output `KmsKeyArn`: a multi-Region key. */
  readonly keyArn: string;
  /** Output `IdentitiesTableName`. */
  readonly identitiesTableName: string;
  /** Output `PoliciesTableName`. */
  readonly policiesTableName: string;
}

/** Properties of {@link ReplicaStack}. */
export interface ReplicaStackProps extends StackProps, SandboxOption {
  /** Of the region that writes. */
  readonly primary: PrimaryStore;
}

/**
 * What a region needs in which nothing is administered: the copy of the key, and the names of the tables' copies, which the data
 * stack of the region that writes makes afterwards.
 */
export class ReplicaStack extends Stack implements StoreResources {
  readonly key: IKey;
  readonly identitiesTable: ITable;
  readonly policiesTable: ITable;

  constructor(scope: Construct, id: string, props: ReplicaStackProps) {
    super(scope, id, { terminationProtection: props.sandbox !== true, ...props });
    const { primary } = props;
    requireMultiRegionKey(primary.keyArn);
    const replicaKey = new CfnReplicaKey(this, 'Key', {
      description: 'Portcullis: the copy of the key of tables and sealed secrets',
      primaryKeyArn: primary.keyArn,
      pendingWindowInDays: props.sandbox === true ? 7 : 30,
      keyPolicy: new PolicyDocument({
        statements: [
          // As of the key that it is a copy of: this account's IAM decides.
          new PolicyStatement({
            actions: ['kms:*'],
            principals: [new AccountRootPrincipal()],
            resources: ['*'],
          }),
        ],
      }),
    });
    replicaKey.applyRemovalPolicy(removalPolicyOf(props));
    this.key = Key.fromKeyArn(this, 'ReplicaKey', replicaKey.attrArn);
    this.identitiesTable = Table.fromTableName(this, 'Identities', primary.identitiesTableName);
    this.policiesTable = Table.fromTableName(this, 'Policies', primary.policiesTableName);
    new CfnOutput(this, 'ReplicaKeyArn', { value: replicaKey.attrArn });
  }
}

function requireMultiRegionKey(keyArn: string): void {
  if (/^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key\/mrk-[0-9a-f]{32}$/.test(keyArn)) return;
  throw new Error(
    `keyArn must be the ARN of a multi-Region key (…:key/mrk-…), but was ${JSON.stringify(keyArn)}`,
  );
}
