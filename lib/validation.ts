import { Token } from 'aws-cdk-lib';

/** Throws unless the value is twelve digits, or not known before the deployment. */
export function requireAccountId(name: string, value: string): void {
  if (Token.isUnresolved(value) || /^[0-9]{12}$/.test(value)) return;
  throw new Error(`${name} must be twelve digits, but was ${JSON.stringify(value)}`);
}

/** Throws unless the value is a whole number within the bounds, both included, or not known before the deployment. */
export function requireWholeNumber(name: string, value: number, least: number, most: number): void {
  if (Token.isUnresolved(value)) return;
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new Error(`${name} must be a whole number from ${least} to ${most}, but was ${value}`);
}

/** Throws unless the value can begin the names of stacks and exports. */
export function requirePrefix(name: string, value: string): void {
  if (Token.isUnresolved(value) || /^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(value)) return;
  throw new Error(
    `${name} must begin with a letter and hold at most 64 letters, digits and hyphens, but was ${JSON.stringify(value)}`,
  );
}

/** Throws unless the value is the ARN of a Lambda function, or not known before the deployment. */
export function requireFunctionArn(name: string, value: string): void {
  if (Token.isUnresolved(value)) return;
  if (
    /^arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+(:[A-Za-z0-9$_-]+)?$/.test(
      value,
    )
  )
    return;
  throw new Error(
    `${name} must be the ARN of a Lambda function (arn:aws:lambda:REGION:ACCOUNT:function:NAME), but was ${JSON.stringify(value)}`,
  );
}

/**
 * Throws unless the value can name a secret, or is not known before the deployment. A name that ends like the six characters which
 * Secrets Manager puts behind names could be mistaken for another's ARN.
 *
 * Source: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
 */
export function requireSecretName(name: string, value: string): void {
  if (Token.isUnresolved(value)) return;
  if (/^[A-Za-z0-9/_+=.@-]{1,512}$/.test(value) && !/-[A-Za-z0-9]{6}$/.test(value)) return;
  throw new Error(
    `${name} must be 1 to 512 letters, digits and /_+=.@- and not end with a hyphen and six letters or digits, but was ${JSON.stringify(value)}`,
  );
}
