import type { Gateway } from './guarded-request';

/** The function that runs, which is what the gateways in front of it invoke. */
export interface InvokedFunction {
  readonly gateway: Gateway;
  /** Without a version or an alias. */
  readonly arn: string;
}

/**
 * Reads `arn:aws:lambda:eu-west-1:123456789012:function:orders`, with or without a version behind it, from the context of an
 * invocation. Throws TypeError where it is none.
 */
export function readInvokedFunction(invokedFunctionArn: unknown): InvokedFunction {
  const pattern =
    /^(arn:([a-z-]+):lambda:([a-z0-9-]+):([0-9]{12}):function:([A-Za-z0-9_-]+))(?::[A-Za-z0-9$_-]+)?$/;
  const [, arn, partition, region, accountId, name] =
    typeof invokedFunctionArn === 'string' ? (pattern.exec(invokedFunctionArn) ?? []) : [];
  if (
    arn === undefined ||
    partition === undefined ||
    region === undefined ||
    accountId === undefined ||
    name === undefined
  ) {
    throw new TypeError('the context of the invocation has no ARN of a function');
  }
  const [apiId, stage, service] = [name, '$default', 'lambda'];
  return { arn, gateway: { partition, region, accountId, apiId, stage, service } };
}
