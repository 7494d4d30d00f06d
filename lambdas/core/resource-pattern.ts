import type { PatternProblem } from './action-pattern';
import { splitArnPattern } from './arn';
import { parseTemplate } from './variables';

const LEGACY = 'The policy failed legacy parsing';

/**
 * What keeps a Resource or NotResource from being understood at all; undefined where it is `*` or an ARN. What AWS refuses
 * besides, when a policy is saved, is {@link findSavedResourceProblem}.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function findResourceProblem(text: string, variables: boolean): PatternProblem | undefined {
  if (text === '*') return undefined;
  const parts = splitArnPattern(text, variables);
  if (parts === undefined) {
    const saved = findSavedResourceProblem(text);
    return saved ?? { code: 'LEGACY_RESOURCE', message: LEGACY };
  }
  if (parts[0] !== 'arn') return findSavedResourceProblem(text) ?? notAnArn(text);
  if (variables && parseTemplate(parts[5] ?? '') === undefined) {
    return { code: 'INVALID_VARIABLE', message: LEGACY };
  }
  return undefined;
}

function notAnArn(text: string): PatternProblem {
  return { code: 'INVALID_RESOURCE', message: `Resource ${text} must be in ARN format or "*".` };
}

const PARTITIONS: ReadonlySet<string> = new Set([
  'aws',
  'aws-cn',
  'aws-us-gov',
  'aws-iso',
  'aws-iso-b',
  'aws-iso-e',
  'aws-iso-f',
  'aws-eusc',
  '*',
]);

/** What may begin the last part of an ARN of IAM. */
const IAM_PATHS = [
  'user/',
  'federated-user/',
  'role/',
  'group/',
  'instance-profile/',
  'mfa/',
  'server-certificate/',
  'policy/',
  'sms-mfa/',
  'saml-provider/',
  'oidc-provider/',
  'report/',
  'access-report/',
];

/** Resource types that are younger than AWS's message about them. */
const LATER_IAM_PATHS = ['delegation-request/', 'role-template/'];

/** What AWS refuses in a Resource or NotResource when a policy is saved, in its words. */
export function findSavedResourceProblem(text: string): PatternProblem | undefined {
  if (text === '*') return undefined;
  if (!text.includes(':')) return notAnArn(text);
  const [, partition = '', service, region = '', accountId = '', ...rest] = text.split(':');
  if (!PARTITIONS.has(partition)) return invalidPartition(partition, text);
  if (service === undefined || /[*?]/.test(service)) {
    const message = 'Resource vendor must be fully qualified and cannot contain regexes.';
    return { code: 'INVALID_RESOURCE', message };
  }
  const colons = text.split(':').length - 1;
  if (service === '' || (colons < 5 && text.includes('::'))) {
    return { code: 'LEGACY_RESOURCE', message: LEGACY };
  }
  if (service === 'iam' && region !== '') {
    const message = `IAM resource ${text} cannot contain region information.`;
    return { code: 'INVALID_RESOURCE', message };
  }
  // Access points and batch jobs have regions, and an account with them.
  if (service === 's3' && region !== '' && accountId === '') {
    const message = `Resource ${text} can not contain region information.`;
    return { code: 'INVALID_RESOURCE', message };
  }
  if (service === 'iam' && !isIamPath(rest.join(':'))) {
    const message = `IAM resource path must either be "*" or start with ${IAM_PATHS.join(', ')}.`;
    return { code: 'INVALID_RESOURCE', message };
  }
  return undefined;
}

/** What `sts:AssumeRoot` is about: the whole path, and no beginning of one. */
const ROOT_USER = 'root';

/** A wildcard may stand for the rest of a beginning. */
function isIamPath(path: string): boolean {
  const wildcard = path.search(/[*?]/);
  const stem = wildcard >= 0 ? path.slice(0, wildcard) : undefined;
  return (
    path === ROOT_USER ||
    [...IAM_PATHS, ...LATER_IAM_PATHS, ROOT_USER].some(
      (start) =>
        (start !== ROOT_USER && path.startsWith(start)) ||
        (stem !== undefined && start.startsWith(stem)),
    )
  );
}

/** AWS shows the ARN that it understood: with `*` for each part that is not there. */
function invalidPartition(partition: string, text: string): PatternProblem {
  const parts = text.split(':').slice(2);
  const [service = '', region = '*', accountId = '*'] = parts;
  const resource = parts.length > 3 ? parts.slice(3).join(':') : '*';
  const shown = [parts.length > 1 ? service : service || '*', region, accountId, resource];
  const message = `Partition "${partition}" is not valid for resource "arn:${partition}:${shown.join(':')}".`;
  return { code: 'INVALID_RESOURCE', message };
}
