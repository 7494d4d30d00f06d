/** Where an account's ARNs begin. */
export interface ArnScope {
  /** `aws`. */
  readonly partition: string;
  /** Twelve digits, or `aws` for the policies that AWS manages. */
  readonly accountId: string;
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export type IamResourceType =
  | 'user'
  | 'group'
  | 'role'
  | 'policy'
  | 'instance-profile'
  | 'mfa'
  | 'u2f'
  | 'oidc-provider'
  | 'saml-provider'
  | 'server-certificate';

/** `arn:aws:iam::123456789012:user/division/alice`; `path` begins and ends with a slash. */
export function iamArn(
  scope: ArnScope,
  resourceType: IamResourceType,
  path: string,
  name: string,
): string {
  return `arn:${scope.partition}:iam::${scope.accountId}:${resourceType}${path}${name}`;
}

/** What a list by path prefix is authorized on: `arn:aws:iam::123456789012:user/division/`. */
export function iamPathArn(
  scope: ArnScope,
  resourceType: IamResourceType,
  pathPrefix: string,
): string {
  return iamArn(scope, resourceType, pathPrefix, '');
}

export function rootArn(scope: ArnScope): string {
  return `arn:${scope.partition}:iam::${scope.accountId}:root`;
}

/**
 * `arn:aws:sts::123456789012:assumed-role/deployer/alice`: without the role's path.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns
 */
export function roleSessionArn(scope: ArnScope, roleName: string, sessionName: string): string {
  return `arn:${scope.partition}:sts::${scope.accountId}:assumed-role/${roleName}/${sessionName}`;
}

/** `arn:aws:sts::123456789012:federated-user/guest`. */
export function federatedUserArn(scope: ArnScope, name: string): string {
  return `arn:${scope.partition}:sts::${scope.accountId}:federated-user/${name}`;
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html
 */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
