import { foldCase } from '../letter-case';

const RESERVED_SERVICES: ReadonlySet<string> = new Set([
  'appsync',
  'aws',
  'cognito-identity',
  'execute-api',
  'iam',
  'lambda',
  'organizations',
  'portcullis',
  'saml',
  'sts',
]);

/** Whether a prefix is one whose actions and keys have a meaning already: no team's service may be called so. */
export function isReservedService(service: string): boolean {
  return RESERVED_SERVICES.has(foldCase(service));
}
