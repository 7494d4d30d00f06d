import { CfnOutput, Duration, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { removalPolicyOf } from './removal';
import type { SandboxOption } from './removal';
import type { StoreResources } from './store-access';
import { createStoreTable } from './store-table';
import { requireSecretName } from './validation';

/** Properties of {@link DataStack}. */
export interface DataStackProps extends StackProps, SandboxOption {
  /**
   * The name of a secret that the account's function makes when there is none, where CloudFormation itself cannot make secrets:
   * some emulators of AWS know none. Such a secret is not part of a stack, and stays when all of them are deleted.
   *
   * @default - the template makes the secret, under a name of CloudFormation's choice
   */
  readonly rootCredentialsSecretName?: string;
  /**
   * Makes the tables global and the key a multi-Region one, with copies of the tables in these other regions, in which nothing is
   * administered; none yet may be given. Has to be decided at the first deployment: neither table nor key can be changed to it.
   *
   * @default - tables and key of one region
   */
  readonly replicaRegions?: readonly string[];
}

/**
 * Everything that must outlive a deployment: the two tables, the key that encrypts them, and the root user's credentials.
 *
 * Invariant: the logical ids of these resources never change; a changed id is a new, empty table.
 */
export class DataStack extends Stack implements StoreResources {
  /** Seals secrets, and encrypts the tables and the root credentials at rest. */
  readonly key: Key;
  /** Accounts, users, groups, their policies and access keys. */
  readonly identitiesTable: ITable;
  /** Managed policies with their versions, and the route catalogues of APIs. */
  readonly policiesTable: ITable;
  /** `{"AccessKeyId", "SecretAccessKey"}` of the root user, once the account has been made. */
  readonly rootCredentialsSecret: ISecret;

  constructor(scope: Construct, id: string, props: DataStackProps = {}) {
    super(scope, id, { terminationProtection: props.sandbox !== true, ...props });
    const { rootCredentialsSecretName: secretName } = props;
    if (secretName !== undefined) requireSecretName('rootCredentialsSecretName', secretName);

    this.key = new Key(this, 'Key', {
      description: 'Portcullis: tables, root credentials and sealed secrets',
      enableKeyRotation: true,
      ...(props.replicaRegions === undefined ? {} : { multiRegion: true }),
      removalPolicy: removalPolicyOf(props),
      pendingWindow: Duration.days(props.sandbox === true ? 7 : 30),
    });
    const tableOptions = {
      key: this.key,
      isProtected: props.sandbox !== true,
      replicaRegions: props.replicaRegions,
    };
    this.identitiesTable = createStoreTable(this, 'IdentitiesTable', tableOptions);
    this.policiesTable = createStoreTable(this, 'PoliciesTable', tableOptions);
    this.rootCredentialsSecret =
      props.rootCredentialsSecretName === undefined
        ? this.createRootCredentialsSecret(props)
        : Secret.fromSecretNameV2(this, 'RootCredentials', props.rootCredentialsSecretName);

    new CfnOutput(this, 'BootstrapSecretArn', {
      description: 'Holds AccessKeyId and SecretAccessKey of the root user',
      value: this.rootCredentialsSecret.secretArn,
    });
    new CfnOutput(this, 'IdentitiesTableName', { value: this.identitiesTable.tableName });
    new CfnOutput(this, 'PoliciesTableName', { value: this.policiesTable.tableName });
    new CfnOutput(this, 'KmsKeyArn', {
      description: 'KMS_KEY_ID of the commands for operators',
      value: this.key.keyArn,
    });
  }

  private createRootCredentialsSecret(option: SandboxOption): Secret {
    const secret = new Secret(this, 'RootCredentials', {
      description: 'Portcullis: access key of the root user',
      encryptionKey: this.key,
      // The account's custom resource replaces this by the first access key; until then the secret holds no credential.
      generateSecretString: { secretStringTemplate: '{}', generateStringKey: 'Placeholder' },
      removalPolicy: removalPolicyOf(option),
    });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions::AwsSolutions-SMG4',
      reason:
        'The root access key is rotated by putting a new one into the secret and updating the account; a timer would lock out whoever holds it.',
    });
    return secret;
  }
}
