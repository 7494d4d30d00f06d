import {
  GetContextKeysForCustomPolicy$,
  GetContextKeysForPrincipalPolicy$,
  type GetContextKeysForCustomPolicyRequest,
  type GetContextKeysForPolicyResponse,
  type GetContextKeysForPrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import type { Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { readContextKeys } from '../context-keys';
import { loadSourcePolicies, requireSourceEntity } from '../source-policies';
import { onSource } from '../source-targets';
import { onEverything } from '../targets';

const getContextKeysForCustomPolicy: Operation<
  GetContextKeysForCustomPolicyRequest,
  GetContextKeysForPolicyResponse
> = {
  name: 'GetContextKeysForCustomPolicy',
  schema: GetContextKeysForCustomPolicy$,
  accessLevel: 'Read',
  route: 'POST /context-keys/custom-policy',
  authorization: onEverything('iam:GetContextKeysForCustomPolicy'),
  errors: ['InvalidInput'],
  run: (input) => Promise.resolve({ ContextKeyNames: keysOfTexts(input.PolicyInputList) }),
};

const getContextKeysForPrincipalPolicy: Operation<
  GetContextKeysForPrincipalPolicyRequest,
  GetContextKeysForPolicyResponse
> = {
  name: 'GetContextKeysForPrincipalPolicy',
  schema: GetContextKeysForPrincipalPolicy$,
  accessLevel: 'Read',
  route: 'POST /context-keys/principal-policy',
  authorization: onSource('iam:GetContextKeysForPrincipalPolicy', (input) => input.PolicySourceArn),
  errors: ['InvalidInput', 'NoSuchEntity'],
  run: async (input, call) => {
    const given = keysOfTexts(input.PolicyInputList ?? []);
    const entity = await requireSourceEntity(call, input.PolicySourceArn);
    const { identity, boundary } = await loadSourcePolicies(call, entity);
    const stored = boundary === undefined ? identity : [...identity, boundary];
    return {
      ContextKeyNames: [
        ...stored.flatMap(({ document }, index) => readContextKeys(document, index + 1)),
        ...given,
      ],
    };
  },
};

/** As in AWS: a key stands once for each text that refers to it. */
function keysOfTexts(texts: readonly string[]): string[] {
  return texts.flatMap((text, index) => readContextKeys(text, index + 1));
}

export const contextKeyOperations: readonly AnyOperation[] = [
  getContextKeysForCustomPolicy,
  getContextKeysForPrincipalPolicy,
];
