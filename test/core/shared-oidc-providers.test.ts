import { malformedPolicyMessage, validatePolicy } from '../../lambdas/core/validate';

const GITHUB = 'token.actions.githubusercontent.com';

function messageOf(
  provider: string,
  condition: object | undefined,
  effect: 'Allow' | 'Deny' = 'Allow',
): string | undefined {
  const Federated = provider.startsWith('cognito')
    ? provider
    : `arn:aws:iam::123456789012:oidc-provider/${provider}`;
  const document = {
    Version: '2012-10-17',
    Statement: {
      Effect: effect,
      Principal: { Federated },
      Action: 'sts:AssumeRoleWithWebIdentity',
      ...(condition === undefined ? {} : { Condition: condition }),
    },
  };
  return malformedPolicyMessage(validatePolicy(JSON.stringify(document), 'trust').findings);
}

describe('a trust policy for an issuer that many share', () => {
  test.each<[string, string, object]>([
    ['names who', GITHUB, { StringEquals: { [`${GITHUB}:sub`]: 'repo:a/b:ref:refs/heads/main' } }],
    ['names a pattern', GITHUB, { StringLike: { [`${GITHUB}:SUB`]: ['repo:a/*'] } }],
    ['names the workflow', GITHUB, { StringLike: { [`${GITHUB}:job_workflow_ref`]: 'a/b/*' } }],
    [
      'names one of several',
      'gitlab.com',
      { 'ForAnyValue:StringLike': { 'gitlab.com:sub': ['project_path:a/*'] } },
    ],
    ['names the audience', 'oidc.vercel.com', { StringEquals: { 'oidc.vercel.com:aud': 'a' } }],
    [
      'names the pool',
      'cognito-identity.amazonaws.com',
      { StringEquals: { 'cognito-identity.amazonaws.com:aud': 'us-east-1:1' } },
    ],
  ])('is accepted where it %s: %s', (_what, provider, condition) => {
    expect(messageOf(provider, condition)).toBeUndefined();
  });

  test.each<[string, string, object | undefined]>([
    ['has no condition', GITHUB, undefined],
    ['names the audience alone', GITHUB, { StringEquals: { [`${GITHUB}:aud`]: 'a' } }],
    ['names everybody', GITHUB, { StringLike: { [`${GITHUB}:sub`]: ['*'] } }],
    ['names everybody beside somebody', GITHUB, { StringLike: { [`${GITHUB}:sub`]: ['a', '?*'] } }],
    ['names nobody', GITHUB, { StringLike: { [`${GITHUB}:sub`]: [] } }],
    ['only excludes', GITHUB, { StringNotEquals: { [`${GITHUB}:sub`]: 'a' } }],
    ['lets the claim be absent', GITHUB, { StringEqualsIfExists: { [`${GITHUB}:sub`]: 'a' } }],
    ['lets the list be empty', GITHUB, { 'ForAllValues:StringEquals': { [`${GITHUB}:sub`]: 'a' } }],
    ['only asks whether it is there', GITHUB, { Null: { [`${GITHUB}:sub`]: 'false' } }],
    ['writes the issuer otherwise', 'GitLab.com', undefined],
    ['has no pool', 'cognito-identity.amazonaws.com', undefined],
  ])('is refused where it %s: %s', (_what, provider, condition) => {
    expect(messageOf(provider, condition)).toMatch(/^The trust policy must evaluate the condition/);
  });

  test('may deny without a condition', () => {
    expect(messageOf(GITHUB, undefined, 'Deny')).toBeUndefined();
  });

  test('needs nothing for an issuer of one’s own', () => {
    expect(messageOf('idp.example.com', undefined)).toBeUndefined();
  });
});
