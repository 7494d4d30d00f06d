import { findContextValue } from '../core/context-values';
import { foldCase } from '../core/letter-case';
import type { ConditionContext } from '../core/request-context';
import { readIssuer } from '../credentials/oidc/identity-tokens';
import { TokenRefused } from '../credentials/oidc/issuer-errors';
import { providerUrlOf } from '../credentials/oidc/issuer-url';
import type { SessionClaims } from '../credentials/session-claims';
import { findRole } from '../identity/role-lookup';
import { findProviderByUrl, isTrustedWebIdentity } from '../identity/web-identity';
import {
  readDefaultRole,
  readRoleArn,
  trustKeysOf,
  webIdentitySession,
  webIdentitySessionName,
  type VerifiedWebIdentity,
} from '../identity/web-identity-session';
import type { Call } from '../operations/operation';

/** Whether a token is a JSON Web Token; no token of ours has dots. */
export const isJsonWebToken = (token: string): boolean => token.split('.', 4).length === 3;

/**
 * The session of a role that trusts the token of an OIDC provider: the role that is named, else the provider's default. As the authorizer
 * takes it, with everything read anew. undefined where the token proves nothing, or the role does not trust it or asks for more of the
 * call than was told.
 *
 * Errors: StoreUnavailable; an outage where the issuer's keys cannot be had.
 */
export async function proveWebIdentity(
  { token, roleArn }: { readonly token: string; readonly roleArn: string | undefined },
  requestContext: ConditionContext,
  call: Call,
): Promise<SessionClaims | undefined> {
  const { store, partition } = call;
  const named = roleArn === undefined ? undefined : readRoleArn(roleArn);
  if (roleArn !== undefined && named === undefined) return undefined;
  const scope = { partition, accountId: named?.accountId ?? call.accountId };
  const verified = await verify(token, scope, call);
  // Written so that a time which is no number has passed.
  if (verified === undefined || !(call.now < verified.claims.expiresAt * 1000)) return undefined;
  const asked = named ?? readDefaultRole(verified.provider);
  if (asked?.accountId !== scope.accountId || asked.partition !== partition) return undefined;
  const role = await findRole({ ...asked, store }, asked.name);
  if (role?.arn !== asked.arn) return undefined;
  // What the trust asks for and nobody has told must not pass for absent.
  const keys = trustKeysOf(role.entity.AssumeRolePolicyDocument).map(foldCase);
  if (keys.some((key) => isUntold(key, requestContext))) return undefined;
  const isTrusted = isTrustedWebIdentity({
    ...verified,
    role: role.entity,
    roleArn: role.arn,
    accountId: scope.accountId,
    sessionName: webIdentitySessionName(verified.claims.subject),
    requestContext,
  });
  return isTrusted ? webIdentitySession(verified, role, scope.accountId) : undefined;
}

/** What a call of the subject's own would say of itself, in lower case. */
const REQUEST_KEYS: readonly string[] = ['aws:sourceip', 'aws:useragent', 'aws:referer'];

function isUntold(key: string, context: ConditionContext): boolean {
  return REQUEST_KEYS.includes(key) && findContextValue(context, key, key) === undefined;
}

async function verify(
  token: string,
  scope: { readonly partition: string; readonly accountId: string },
  { store, federation }: Call,
): Promise<VerifiedWebIdentity | undefined> {
  try {
    const url = providerUrlOf(readIssuer(token), federation.reach);
    const provider = url && (await findProviderByUrl(store, scope, url));
    if (!provider) return undefined;
    const { Url, ClientIDList, ThumbprintList } = provider.record;
    const trusted = { url: Url, clientIds: ClientIDList, thumbprints: ThumbprintList };
    return { provider, claims: await federation.identityTokens.verify(token, trusted) };
  } catch (error) {
    if (error instanceof TokenRefused) return undefined;
    throw error;
  }
}
