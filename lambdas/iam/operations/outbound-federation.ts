import {
  DisableOutboundWebIdentityFederation$,
  EnableOutboundWebIdentityFederation$,
  GetOutboundWebIdentityFederationInfo$,
  type EnableOutboundWebIdentityFederationResponse,
  type GetOutboundWebIdentityFederationInfoResponse,
} from '@aws-sdk/client-iam';
import {
  ISSUER_ALGORITHMS,
  readOutboundFederation,
  type IssuerRecord,
  type OutboundFederationRecord,
} from '../../identity/issuer-entities';
import { toAttributes } from '../../identity/records';
import { commit } from '../../operations/commit';
import { issuerUrl } from '../../operations/federation';
import { createSigningKeyStep } from '../../operations/issuer-keys';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { issuerKey, outboundFederationKey } from '../../store/keys';
import { onEverything } from '../targets';

/*
 * The account as an issuer: its principals get tokens (sts:GetWebIdentityToken) with which they prove to other services who they are.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound.html
 */

const ROUTE = '/outbound-web-identity-federation';

const ISSUER_ID_BYTES = 16;

const getOutboundWebIdentityFederationInfo: Operation<
  object,
  GetOutboundWebIdentityFederationInfoResponse
> = {
  name: 'GetOutboundWebIdentityFederationInfo',
  schema: GetOutboundWebIdentityFederationInfo$,
  accessLevel: 'Read',
  route: `GET ${ROUTE}`,
  authorization: onEverything('iam:GetOutboundWebIdentityFederationInfo'),
  errors: ['FeatureDisabled'],
  run: async (_input, call) => {
    const { entity } = await requireEnabled(call);
    return {
      IssuerIdentifier: issuerUrl(call.federation, entity.IssuerId),
      JwtVendingEnabled: true,
    };
  },
};

const enableOutboundWebIdentityFederation: Operation<
  object,
  EnableOutboundWebIdentityFederationResponse
> = {
  name: 'EnableOutboundWebIdentityFederation',
  schema: EnableOutboundWebIdentityFederation$,
  accessLevel: 'Write',
  route: `PUT ${ROUTE}`,
  authorization: onEverything('iam:EnableOutboundWebIdentityFederation'),
  errors: ['ConcurrentModification', 'FeatureEnabled'],
  run: async (_input, call) => {
    const found = await find(call);
    if (found?.entity.JwtVendingEnabled === true) {
      throw new IamError(
        'FeatureEnabled',
        `Outbound identity federation is already enabled for account ${call.accountId}`,
      );
    }
    const issuerId = found === undefined ? await create(call) : found.entity.IssuerId;
    if (found !== undefined) await change(call, found, true);
    return { IssuerIdentifier: issuerUrl(call.federation, issuerId) };
  },
};

/** Tokens that were issued before stay good, and their keys published. */
const disableOutboundWebIdentityFederation: Operation<object, void> = {
  name: 'DisableOutboundWebIdentityFederation',
  schema: DisableOutboundWebIdentityFederation$,
  accessLevel: 'Write',
  route: `DELETE ${ROUTE}`,
  authorization: onEverything('iam:DisableOutboundWebIdentityFederation'),
  errors: ['ConcurrentModification', 'FeatureDisabled'],
  run: async (_input, call) => {
    await change(call, await requireEnabled(call), false);
  },
};

interface FoundFederation {
  readonly entity: OutboundFederationRecord;
  readonly revision: number;
}

async function find(call: Call): Promise<FoundFederation | undefined> {
  const item = await call.store.get(outboundFederationKey(call.accountId), { consistent: true });
  return item === undefined
    ? undefined
    : { entity: readOutboundFederation(item), revision: item.revision };
}

async function requireEnabled(call: Call): Promise<FoundFederation> {
  const found = await find(call);
  if (found?.entity.JwtVendingEnabled !== true) {
    throw new IamError(
      'FeatureDisabled',
      `Outbound identity federation is disabled for account ${call.accountId}`,
    );
  }
  return found;
}

/** The issuer with its first keys, which sign at once: nobody can hold an older set. */
async function create(call: Call): Promise<string> {
  const { accountId, now } = call;
  const issuerId = Buffer.from(call.randomBytes(ISSUER_ID_BYTES)).toString('hex');
  const federation: OutboundFederationRecord = {
    IssuerId: issuerId,
    JwtVendingEnabled: true,
    CreateDate: now,
  };
  const issuer: IssuerRecord = { AccountId: accountId, CreateDate: now };
  const keys = await Promise.all(
    ISSUER_ALGORITHMS.map((Algorithm) =>
      createSigningKeyStep(call, issuerId, { Algorithm, Number: 1, UseDate: now }),
    ),
  );
  await commit(call, [
    {
      write: {
        kind: 'put',
        key: outboundFederationKey(accountId),
        attributes: toAttributes(federation),
        condition: { exists: false },
      },
    },
    {
      write: {
        kind: 'put',
        key: issuerKey(issuerId),
        attributes: toAttributes(issuer),
        condition: { exists: false },
      },
    },
    ...keys,
  ]);
  return issuerId;
}

async function change(call: Call, found: FoundFederation, isEnabled: boolean): Promise<void> {
  const set: Partial<OutboundFederationRecord> = { JwtVendingEnabled: isEnabled };
  await commit(call, [
    {
      write: {
        kind: 'update',
        key: outboundFederationKey(call.accountId),
        set: toAttributes(set),
        condition: { exists: true, revision: found.revision },
      },
    },
  ]);
}

export const outboundFederationOperations: readonly AnyOperation[] = [
  getOutboundWebIdentityFederationInfo,
  enableOutboundWebIdentityFederation,
  disableOutboundWebIdentityFederation,
];
