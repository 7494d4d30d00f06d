import type { Authorization, Checked } from '../operations/operation';
import { IamError } from '../protocol/errors';

/** `arn:aws:portcullis::123456789012:service/orders`. */
export function serviceArn(
  scope: { readonly partition: string; readonly accountId: string },
  service: string,
): string {
  return `arn:${scope.partition}:portcullis::${scope.accountId}:service/${service}`;
}

/** On the service that the input names. */
export function onService<Input extends { Service: string | undefined }>(
  action: string,
): Authorization<Input> {
  return {
    action,
    resourceType: 'service',
    resources: (input, call) => [serviceArn(call, (input as { Service: string }).Service)],
    conditionKeys: [],
  };
}

/** On every service that the input is about. */
export function onServices<Input>(
  action: string,
  servicesOf: (input: Checked<Input>) => readonly string[],
): Authorization<Input> {
  return {
    action,
    resourceType: 'service',
    resources: (input, call) =>
      [...new Set(servicesOf(input))].map((service) => serviceArn(call, service)),
    conditionKeys: [],
  };
}

/** On no service in particular. */
export function onEveryService<Input>(action: string): Authorization<Input> {
  return {
    action,
    resourceType: 'service',
    resources: (_input, call) => [serviceArn(call, '*')],
    conditionKeys: [],
  };
}

export const noSuchService = (service: string): IamError =>
  new IamError('NoSuchEntity', `The service with name ${service} cannot be found.`);
