import { resourceTagContext } from '../identity/tags';
import type { Authorization, Checked } from '../operations/operation';
import { findSourceEntity } from './source-policies';

/**
 * On the user, group or role that an ARN of the input names. The decision is about the ARN that the entity has; who is refused is
 * told the one that it gave.
 */
export function onSource<Input>(
  action: string,
  arnOf: (input: Checked<Input>) => string,
): Authorization<Input> {
  return {
    action,
    resourceType: 'user, group or role',
    resources: async (input, call) => [
      (await findSourceEntity(call, arnOf(input)))?.arn ?? arnOf(input),
    ],
    resourceName: (input) => arnOf(input),
    conditionKeys: ['aws:ResourceTag/${TagKey}', 'iam:ResourceTag/${TagKey}'],
    context: async (input, call) =>
      resourceTagContext((await findSourceEntity(call, arnOf(input)))?.tags ?? []),
  };
}
