import {
  DisableOutboundWebIdentityFederation$,
  EnableOutboundWebIdentityFederation$,
  GetOutboundWebIdentityFederationInfo$,
  type EnableOutboundWebIdentityFederationResponse,
  type GetOutboundWebIdentityFederationInfoResponse,
} from '@aws-sdk/client-iam';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { IamError } from '../../protocol/errors';
import { onEverything } from '../targets';

/*
 * Accounts here issue no tokens for other services: nothing publishes the keys that such a service would check them with. The feature is
 * off, as AWS says it of an account that has not enabled it, and stays off.
 */

const ROUTE = '/outbound-web-identity-federation';

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
  run: (_input, call) => Promise.reject(featureDisabled(call)),
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
  errors: ['FeatureDisabled', 'FeatureEnabled'],
  run: (_input, { accountId }) =>
    Promise.reject(
      new IamError(
        'FeatureDisabled',
        `Outbound identity federation is not available for account ${accountId}`,
      ),
    ),
};

const disableOutboundWebIdentityFederation: Operation<object, void> = {
  name: 'DisableOutboundWebIdentityFederation',
  schema: DisableOutboundWebIdentityFederation$,
  accessLevel: 'Write',
  route: `DELETE ${ROUTE}`,
  authorization: onEverything('iam:DisableOutboundWebIdentityFederation'),
  errors: ['FeatureDisabled'],
  run: (_input, call) => Promise.reject(featureDisabled(call)),
};

function featureDisabled({ accountId }: Call): IamError {
  return new IamError(
    'FeatureDisabled',
    `Outbound identity federation is disabled for account ${accountId}`,
  );
}

export const outboundFederationOperations: readonly AnyOperation[] = [
  getOutboundWebIdentityFederationInfo,
  enableOutboundWebIdentityFederation,
  disableOutboundWebIdentityFederation,
];
