import {
  GetWebIdentityToken$,
  type GetWebIdentityTokenRequest,
  type GetWebIdentityTokenResponse,
} from '@aws-sdk/client-sts';
import { signToken } from '../../credentials/oidc/token-signature';
import type { Caller } from '../../identity/caller';
import {
  ISSUER_ALGORITHMS,
  readOutboundFederation,
  type IssuerAlgorithm,
  type SigningKeyRecord,
} from '../../identity/issuer-entities';
import {
  currentKey,
  loadSigningKeys,
  nextKeyNumber,
  outlivedKeys,
  useDateOf,
} from '../../identity/issuer-signing-keys';
import { foldTagKey, requestTagContext } from '../../identity/tags';
import { commit } from '../../operations/commit';
import { issuerUrl } from '../../operations/federation';
import { createSigningKeyStep, signingKeyBinding } from '../../operations/issuer-keys';
import type { Call, Checked, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { outboundFederationKey, signingKeyKey } from '../../store/keys';

type Input = Checked<GetWebIdentityTokenRequest>;

const DEFAULT_SECONDS = 300;

/** Bytes of the claims: a token of them is one that AssumeRoleWithWebIdentity takes. */
const MAX_PAYLOAD_BYTES = 10_240;

const JTI_BYTES = 16;

/** The namespace of AWS's own claims. */
const NAMESPACE = 'https://sts.amazonaws.com/';

const PRINCIPAL_TAG = 'aws:PrincipalTag/';

/**
 * A token that says who the caller is, for services that trust this account's issuer.
 *
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html and
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_policies.html
 */
const getWebIdentityToken: Operation<GetWebIdentityTokenRequest, GetWebIdentityTokenResponse> = {
  name: 'GetWebIdentityToken',
  schema: GetWebIdentityToken$,
  accessLevel: 'Write',
  route: 'POST /web-identity-tokens',
  authorization: {
    action: 'sts:GetWebIdentityToken',
    resourceType: '*',
    resources: () => ['*'],
    furtherActions: ({ Tags }) => ((Tags ?? []).length > 0 ? ['sts:TagGetWebIdentityToken'] : []),
    conditionKeys: [
      'aws:RequestTag/${TagKey}',
      'aws:TagKeys',
      'sts:DurationSeconds',
      'sts:IdentityTokenAudience',
      'sts:SigningAlgorithm',
    ],
    context: (input) => ({
      ...requestTagContext(input.Tags),
      'sts:IdentityTokenAudience': input.Audience,
      'sts:DurationSeconds': String(input.DurationSeconds ?? DEFAULT_SECONDS),
      'sts:SigningAlgorithm': input.SigningAlgorithm,
    }),
  },
  errors: [
    'ConcurrentModification',
    'InvalidParameterValue',
    'JWTPayloadSizeExceededException',
    'OutboundWebIdentityFederationDisabledException',
    'SessionDurationEscalationException',
    'ValidationError',
  ],
  run: async (input, call) => {
    const algorithm = readAlgorithm(input);
    const issuerId = await requireIssuer(call);
    const issuedAt = Math.floor(call.now / 1000);
    const expiresAt = issuedAt + (input.DurationSeconds ?? DEFAULT_SECONDS);
    requireWithinSession(call, expiresAt);
    const claims = JSON.stringify(claimsOf(input, call, { issuerId, issuedAt, expiresAt }));
    if (Buffer.byteLength(claims) > MAX_PAYLOAD_BYTES) {
      throw new IamError(
        'JWTPayloadSizeExceededException',
        'The requested token payload size exceeds the maximum allowed size.',
      );
    }
    const key = await findKey(call, issuerId, algorithm);
    const binding = signingKeyBinding(issuerId, key.KeyId);
    const WebIdentityToken = await signToken(claims, {
      algorithm,
      keyId: key.KeyId,
      privateKey: await call.openSecret(key.SealedPrivateKey, binding),
    });
    return { WebIdentityToken, Expiration: new Date(expiresAt * 1000) };
  },
};

function readAlgorithm({ SigningAlgorithm, Tags = [] }: Input): IssuerAlgorithm {
  if (new Set(Tags.map(({ Key }) => foldTagKey(Key))).size < Tags.length) {
    throw new IamError(
      'InvalidParameterValue',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  }
  const algorithm = ISSUER_ALGORITHMS.find((candidate) => candidate === SigningAlgorithm);
  if (algorithm === undefined) {
    throw new IamError(
      'ValidationError',
      `1 validation error detected: Value '${SigningAlgorithm}' at 'signingAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [${ISSUER_ALGORITHMS.join(', ')}]`,
    );
  }
  return algorithm;
}

async function requireIssuer({ store, accountId }: Call): Promise<string> {
  const item = await store.get(outboundFederationKey(accountId), { consistent: true });
  const federation = item && readOutboundFederation(item);
  if (federation?.JwtVendingEnabled !== true) {
    throw new IamError(
      'OutboundWebIdentityFederationDisabledException',
      'The outbound web identity federation feature is not enabled for this account.',
    );
  }
  return federation.IssuerId;
}

/** A token must not outlive the session that asks for it. */
function requireWithinSession({ caller }: Call, expiresAt: number): void {
  if (caller.session !== undefined && expiresAt > caller.session.expiresAt) {
    throw new IamError(
      'SessionDurationEscalationException',
      'The requested token duration would extend the session beyond its original expiration time.',
    );
  }
}

/**
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
 */
function claimsOf(
  { Audience, Tags }: Input,
  call: Call,
  {
    issuerId,
    issuedAt,
    expiresAt,
  }: { readonly issuerId: string; readonly issuedAt: number; readonly expiresAt: number },
): object {
  const { caller } = call;
  const { session } = caller;
  const tags = principalTags(caller);
  const requested = (Tags ?? []).map(({ Key, Value }) => [Key, Value] as const);
  return {
    iss: issuerUrl(call.federation, issuerId),
    sub: subjectOf(caller),
    aud: Audience.length === 1 ? Audience[0] : Audience,
    iat: issuedAt,
    exp: expiresAt,
    jti: Buffer.from(call.randomBytes(JTI_BYTES)).toString('hex'),
    [NAMESPACE]: {
      aws_account: caller.accountId,
      source_region: call.region,
      principal_id: subjectOf(caller),
      ...(session === undefined
        ? {}
        : { original_session_exp: new Date(session.expiresAt * 1000).toISOString() }),
      ...(session?.federatedProvider === undefined
        ? {}
        : { federated_provider: session.federatedProvider }),
      ...(session?.sourceIdentity === undefined ? {} : { source_identity: session.sourceIdentity }),
      ...(tags.length === 0 ? {} : { principal_tags: Object.fromEntries(tags) }),
      ...(requested.length === 0 ? {} : { request_tags: Object.fromEntries(requested) }),
    },
  };
}

/** The role behind a session, not the session: whoever trusts it trusts the role. */
function subjectOf({ principal }: Caller): string {
  return principal.type === 'AssumedRole' ? (principal.roleArn ?? principal.arn) : principal.arn;
}

function principalTags({ context }: Caller): readonly (readonly [string, unknown])[] {
  return Object.entries(context)
    .filter(([name]) => name.startsWith(PRINCIPAL_TAG))
    .map(([name, value]) => [name.slice(PRINCIPAL_TAG.length), value]);
}

/** The key that signs now; where it is old, its successor is made, which is published before it signs. */
async function findKey(
  call: Call,
  issuerId: string,
  algorithm: IssuerAlgorithm,
): Promise<SigningKeyRecord> {
  const keys = await loadSigningKeys(call.store, issuerId);
  const number = nextKeyNumber(keys, algorithm, call.now);
  if (number !== undefined) {
    const created = await createSigningKeyStep(call, issuerId, {
      Algorithm: algorithm,
      Number: number,
      UseDate: useDateOf(call.now),
    });
    const removed = outlivedKeys(keys, call.now).map(({ Algorithm, Number }) => ({
      write: {
        kind: 'delete' as const,
        key: signingKeyKey(issuerId, Algorithm, Number),
        condition: { exists: 'any' as const },
      },
    }));
    await commit(call, [created, ...removed]);
  }
  const key = currentKey(keys, algorithm, call.now);
  if (key === undefined) {
    throw new Error(`the issuer ${issuerId} has no key that signs`);
  }
  return key;
}

export const outboundTokenOperations: readonly AnyOperation[] = [getWebIdentityToken];
