import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';

/** Where the functions keep what they know: both tables, and the key that encrypts them and seals secrets. */
export interface StoreResources {
  readonly identitiesTable: ITable;
  readonly policiesTable: ITable;
  readonly key: IKey;
}

const READ_ACTIONS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'];

// A transaction is authorized by the actions of its parts; there is no action for the transaction itself.
const WRITE_ACTIONS = [
  'dynamodb:ConditionCheckItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
];

/** The variables by which a function finds the store. */
export function storeEnvironment(store: StoreResources): Record<string, string> {
  return {
    IDENTITIES_TABLE: store.identitiesTable.tableName,
    POLICIES_TABLE: store.policiesTable.tableName,
    KMS_KEY_ID: store.key.keyArn,
  };
}

/** Reading these tables, and nothing else. */
export function readTables(...tables: readonly ITable[]): PolicyStatement {
  return new PolicyStatement({
    actions: READ_ACTIONS,
    resources: tables.map((table) => table.tableArn),
  });
}

/** Reading and writing these tables, and nothing else. */
export function readAndWriteTables(...tables: readonly ITable[]): PolicyStatement {
  return new PolicyStatement({
    actions: [...READ_ACTIONS, ...WRITE_ACTIONS],
    resources: tables.map((table) => table.tableArn),
  });
}

/**
 * Writing down who was there last, and nothing else: rows whose partition begins with one of these. A transaction with such a row
 * also checks that the credential is still there, which tells nothing that reading does not.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function noteUsage(table: ITable): readonly PolicyStatement[] {
  const resources = [table.tableArn];
  return [
    new PolicyStatement({ actions: ['dynamodb:ConditionCheckItem'], resources }),
    new PolicyStatement({
      actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem'],
      resources,
      conditions: {
        'ForAllValues:StringLike': {
          'dynamodb:LeadingKeys': ['AccessKeyLastUsed#*', 'LastAccessed#*', 'RoleLastUsed#*'],
        },
        Null: { 'dynamodb:LeadingKeys': 'false' },
      },
    }),
  ];
}

/** Writing the rows of policies that AWS manages, and no others. */
export function keepAwsPolicies(table: ITable): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:PutItem'],
    resources: [table.tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['Policy#aws#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  });
}

/** Writing whole items of this table, removing and reading none. */
export function putItems(table: ITable): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:PutItem'], resources: [table.tableArn] });
}

/** Replacing and removing whole items of this table, reading none. */
export function replaceItems(table: ITable): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [table.tableArn],
  });
}

/**
 * Reading, replacing and removing what accounts say of their services, and nothing else.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
export function keepServices(table: ITable): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [table.tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['Services#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  });
}

/** Replacing and removing the route catalogues of APIs, and nothing else. */
export function replaceRouteCatalogues(table: ITable): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:PutItem', 'dynamodb:DeleteItem'],
    resources: [table.tableArn],
    conditions: {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RouteCatalogue#*'] },
      Null: { 'dynamodb:LeadingKeys': 'false' },
    },
  });
}

/**
 * Opening what the key has sealed. Every reader of the tables needs it, because DynamoDB opens an encrypted table with
 * the caller's own permission.
 *
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export function openSealed(key: IKey): PolicyStatement {
  return new PolicyStatement({ actions: ['kms:Decrypt'], resources: [key.keyArn] });
}

/** Opening what the key has sealed, and making further data keys under it. */
export function sealAndOpen(key: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
    resources: [key.keyArn],
  });
}

/** A secret as policies name it: one that is known by name alone ends in six characters which only Secrets Manager knows. */
export function secretResource(secret: ISecret): string {
  return secret.secretFullArn ?? `${secret.secretArn}-??????`;
}

/** Reading the value of this secret and putting another into it. */
export function readAndPutSecret(secret: ISecret): PolicyStatement {
  return new PolicyStatement({
    actions: ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    resources: [secretResource(secret)],
  });
}

/** Making this secret, which no template makes. */
export function createSecret(secret: ISecret): PolicyStatement {
  return new PolicyStatement({
    actions: ['secretsmanager:CreateSecret'],
    resources: [secretResource(secret)],
  });
}
