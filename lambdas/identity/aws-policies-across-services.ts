import { READ_POLICIES } from './aws-policies-for-reading';
import { actionsOf, policyRows, verbsOf, type Verb } from './aws-policy-rows';

/** What is read of services that have no policy of their own for reading. */
const FURTHER_READS =
  'appsync:GL athena:BGL batch:DL config:BDGL ecs:DL eks:DL glue:BGLS iam:GL kms:DGL quicksight:DL ' +
  'shield:DL support:DS tag:G trustedadvisor:DL wafv2:DGL workspaces:D';

/** Reading from these is reading the mail, the secrets or the tokens of others. */
const CONFIDENTIAL_SERVICES: readonly string[] = ['workmailmessageflow', 'cognito-identity'];

/** Every service that is read, with the verbs that read it. */
function reads(): ReadonlyMap<string, ReadonlySet<Verb>> {
  const services = new Map<string, Set<Verb>>();
  const grants = [
    ...policyRows(READ_POLICIES).flatMap((row) => row.grants),
    ...FURTHER_READS.split(' '),
  ];
  for (const grant of grants) {
    const read = verbsOf(grant);
    if (read === undefined || CONFIDENTIAL_SERVICES.includes(read.service)) continue;
    const verbs = services.get(read.service) ?? new Set();
    read.verbs.forEach((verb) => verbs.add(verb));
    services.set(read.service, verbs);
  }
  return services;
}

function actionsOfVerbs(wanted: readonly Verb[]): readonly string[] {
  return [...reads()]
    .sort()
    .flatMap(([service, verbs]) =>
      wanted.filter((verb) => verbs.has(verb)).flatMap((verb) => actionsOf(`${service}:${verb}`)),
    );
}

const ALL_VERBS: readonly Verb[] = ['B', 'D', 'G', 'L', 'Q', 'R', 'S'];

/** Of IAM beside what lists and gets: reports and simulations, which change nothing. */
const IAM_REPORTS = [
  'iam:GenerateCredentialReport',
  'iam:GenerateServiceLastAccessedDetails',
  'iam:SimulateCustomPolicy',
  'iam:SimulatePrincipalPolicy',
];

const SECRETS_WITHOUT_VALUES = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetResourcePolicy',
  'secretsmanager:ListSecrets',
];

/** Everything that is read, data too, but no secrets. */
export function readableActions(): readonly string[] {
  return [
    ...actionsOfVerbs(ALL_VERBS),
    ...IAM_REPORTS,
    ...SECRETS_WITHOUT_VALUES,
    'apigateway:GET',
    'dynamodb:PartiQLSelect',
    'dynamodb:Query',
    'dynamodb:Scan',
    'sts:GetAccessKeyInfo',
    'sts:GetCallerIdentity',
  ];
}

/** What there is, without what is in it. */
export function viewableActions(): readonly string[] {
  return [
    ...actionsOfVerbs(['D', 'L']),
    'iam:GetAccountSummary',
    'iam:GetLoginProfile',
    's3:GetBucketLocation',
    'secretsmanager:ListSecrets',
  ];
}

/** How everything is configured and protected. */
export function auditedActions(): readonly string[] {
  return [
    ...actionsOfVerbs(['D', 'L']),
    ...SECRETS_WITHOUT_VALUES,
    'access-analyzer:Get*',
    'apigateway:GET',
    'cloudtrail:Get*',
    'config:Get*',
    'ecr:GetRepositoryPolicy',
    'guardduty:Get*',
    'iam:Generate*',
    'iam:Get*',
    'iam:Simulate*',
    'kms:GetKeyPolicy',
    'kms:GetKeyRotationStatus',
    'lambda:GetFunctionConfiguration',
    'lambda:GetPolicy',
    's3:GetAccountPublicAccessBlock',
    's3:GetBucket*',
    's3:GetEncryptionConfiguration',
    's3:GetLifecycleConfiguration',
    's3:GetObjectAcl',
    's3:GetReplicationConfiguration',
    'securityhub:Get*',
    'sns:GetTopicAttributes',
    'sqs:GetQueueAttributes',
  ];
}
