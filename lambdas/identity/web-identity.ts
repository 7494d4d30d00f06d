import type { Statement } from '../core/document';
import { parsePolicy } from '../core/parse';
import type { ConditionContext } from '../core/request-context';
import { findSharedProviderProblem } from '../core/shared-oidc-providers';
import type { IdentityClaims } from '../credentials/oidc/identity-claims';
import { openIdConnectProviderKey } from '../store/keys';
import type { Store } from '../store/store';
import { iamArn, type ArnScope } from './arns';
import type { OpenIdConnectProviderRecord } from './provider-entities';
import { readOpenIdConnectProvider } from './provider-records';
import type { RoleRecord } from './role-entities';
import { requestTagContext, resourceTagContext } from './tags';
import { evaluateTrust, type TrustAction } from './trust';

/*
 * Somebody whom an OIDC provider vouches for, and the role that it asks for; with an STS call, or with its token alone.
 */

export interface FoundProvider {
  readonly record: OpenIdConnectProviderRecord;
  readonly arn: string;
}

/** The provider of an account by the URL of its issuer, letter by letter; undefined where the account trusts none of that URL. */
export async function findProviderByUrl(
  store: Store,
  scope: ArnScope,
  url: string,
): Promise<FoundProvider | undefined> {
  const item = await store.get(openIdConnectProviderKey(scope.accountId, url), {
    consistent: true,
  });
  const record = item && readOpenIdConnectProvider(item);
  return record?.Url === url
    ? { record, arn: iamArn(scope, 'oidc-provider', '/', url) }
    : undefined;
}

/** The condition keys that the provider's word becomes; their names begin with the issuer's host. */
export function webIdentityKeys(
  providerUrl: string,
  { conditions }: IdentityClaims,
): Readonly<Record<string, string | readonly string[]>> {
  return Object.fromEntries(
    Object.entries(conditions).map(([name, value]) => [`${providerUrl}:${name}`, value]),
  );
}

export interface AskedWebIdentity {
  readonly role: RoleRecord;
  readonly roleArn: string;
  /** The role's account, which is the provider's too. */
  readonly accountId: string;
  readonly provider: FoundProvider;
  readonly claims: IdentityClaims;
  readonly sessionName: string;
  /** What the request says of itself. */
  readonly requestContext: ConditionContext;
}

/**
 * Whether the role's trust policy lets somebody in whom the provider vouches for, with the tags and the source identity that the
 * provider gives. A policy that trusts an issuer which many share, without looking at the claim that tells them apart, trusts nobody:
 * it may have been saved before that was refused.
 */
export function isTrustedWebIdentity(asked: AskedWebIdentity): boolean {
  const { role, claims, provider } = asked;
  const actions: TrustAction[] = [
    'sts:AssumeRoleWithWebIdentity',
    ...(claims.tags.length > 0 ? (['sts:TagSession'] as const) : []),
    ...(claims.sourceIdentity === undefined ? [] : (['sts:SetSourceIdentity'] as const)),
  ];
  const context = contextOf(asked);
  return (
    !trustsEverybody(role.AssumeRolePolicyDocument) &&
    actions.every(
      (action) =>
        evaluateTrust(role, {
          action,
          principal: {
            type: 'WebIdentityUser',
            provider: provider.arn,
            accountId: asked.accountId,
          },
          roleArn: asked.roleArn,
          accountId: asked.accountId,
          context,
        }).decision === 'allowed',
    )
  );
}

/** Invariant: what the provider says stands under AWS's own keys. */
function contextOf(asked: AskedWebIdentity): ConditionContext {
  const { claims, provider } = asked;
  return {
    ...webIdentityKeys(provider.record.Url, claims),
    ...resourceTagContext(asked.role.Tags),
    ...requestTagContext(claims.tags),
    ...asked.requestContext,
    'aws:FederatedProvider': provider.arn,
    'sts:RoleSessionName': asked.sessionName,
    ...(claims.sourceIdentity === undefined ? {} : { 'sts:SourceIdentity': claims.sourceIdentity }),
    ...(claims.transitiveTagKeys.length === 0
      ? {}
      : { 'sts:TransitiveTagKeys': claims.transitiveTagKeys }),
  };
}

function trustsEverybody(document: string): boolean {
  // Most policies name no provider at all.
  if (!document.includes('Federated')) return false;
  const statements: readonly Statement[] | undefined = parsePolicy(document, 'trust').document
    ?.Statement;
  return statements?.some((one) => findSharedProviderProblem(one) !== undefined) ?? true;
}
