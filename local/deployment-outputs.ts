import type { KmsKey } from './services/kms';
import type { Stacks } from './stacks';
import { TemplateError } from './template';

const ROOT_SECRET_OUTPUT = 'BootstrapSecretArn';

/** An access key of the root user. */
export interface RootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The secret that the output BootstrapSecretArn names; undefined while no stack has that output. */
export function rootSecretArnOf(stacks: Stacks): string | undefined {
  return textOutput(stacks, ROOT_SECRET_OUTPUT);
}

/** Where a run keeps its rows. */
export interface TableNames {
  readonly identitiesTable: string;
  readonly policiesTable: string;
}

/** The tables that the outputs IdentitiesTableName and PoliciesTableName name; undefined for apps without them. */
export function readTableNames(stacks: Stacks): TableNames | undefined {
  const identitiesTable = textOutput(stacks, 'IdentitiesTableName');
  const policiesTable = textOutput(stacks, 'PoliciesTableName');
  return identitiesTable === undefined || policiesTable === undefined
    ? undefined
    : { identitiesTable, policiesTable };
}

function textOutput(stacks: Stacks, name: string): string | undefined {
  for (const stack of stacks.stacks) {
    const value = stacks.output(stack, name);
    if (typeof value === 'string') return value;
  }
  return undefined;
}

/** What identity providers make assertions for; undefined where no stack says. */
export function samlAudienceOf(stacks: Stacks): string | undefined {
  return textOutput(stacks, 'SamlAudience');
}

/** The function that gives workloads the credentials of their roles; undefined where no stack says. */
export function workloadFunctionArnOf(stacks: Stacks): string | undefined {
  return textOutput(stacks, 'WorkloadFunctionArn');
}

/** The root user's access key as the secret holds it; throws TemplateError when it holds none. */
export function parseRootCredentials(secretString: string | undefined): RootCredentials {
  const value = JSON.parse(secretString ?? '{}') as {
    AccessKeyId?: unknown;
    SecretAccessKey?: unknown;
  };
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey } = value;
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') {
    return { accessKeyId, secretAccessKey };
  }
  throw new TemplateError(`the secret of the output ${ROOT_SECRET_OUTPUT} holds no access key`);
}

/** The secret's value for an access key, as the account's custom resource reads it. */
export function formatRootCredentials({ accessKeyId, secretAccessKey }: RootCredentials): string {
  return JSON.stringify({ AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
}

/** The KMS keys of the templates with their aliases. */
export function listKmsKeys(stacks: Stacks): readonly KmsKey[] {
  const aliases = stacks.ofType('AWS::KMS::Alias').map((alias) => ({
    name: stacks.identity(alias).ref,
    target: stacks.property(alias, 'TargetKeyId'),
  }));
  return stacks.ofType('AWS::KMS::Key').map((resource) => {
    const { ref: keyId, attributes } = stacks.identity(resource);
    const keyArn = attributes['Arn'] ?? '';
    return {
      keyId,
      keyArn,
      aliases: aliases
        .filter(({ target }) => target === keyId || target === keyArn)
        .map(({ name }) => name),
    };
  });
}
