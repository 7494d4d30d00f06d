import { parseInvokePolicy } from './invoke-policy';
import type { InvokePolicy } from './invoke-policy';

/** What an authorizer function answered, once it has been found to be in order. */
export interface AuthorizerAnswer {
  readonly principalId: string;
  readonly policy: InvokePolicy;
  /** Every value as the text that the backend gets. */
  readonly context: Readonly<Record<string, string>>;
}

/** The gateway's limit of an authorizer's whole answer. */
const MAXIMUM_ANSWER_BYTES = 8 * 1024;

/**
 * Reads the JSON text that an authorizer function returned. A string is the reason why it is refused: the gateway answers
 * 500 then and keeps nothing of it.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export function readAuthorizerAnswer(payload: string): AuthorizerAnswer | string {
  const answer = parseAnswer(payload);
  if (typeof answer === 'string') return answer;
  const { principalId, policyDocument, context } = answer;
  if (typeof principalId !== 'string' || principalId === '') return 'the answer has no principalId';
  const policy = parseInvokePolicy(policyDocument);
  if (policy === undefined) return 'the policyDocument is no policy that the gateway can apply';
  const values = readContext(context ?? {});
  return typeof values === 'string' ? values : { principalId, policy, context: values };
}

/** The answer's members; a string is the reason why it has none that could be read. */
export function parseAnswer(payload: string): Readonly<Record<string, unknown>> | string {
  if (Buffer.byteLength(payload) > MAXIMUM_ANSWER_BYTES) return 'the answer is larger than 8 KB';
  const answer = JSON.parse(payload) as unknown;
  return typeof answer === 'object' && answer !== null && !Array.isArray(answer)
    ? (answer as Readonly<Record<string, unknown>>)
    : 'the answer is no object';
}

function readContext(context: unknown): Readonly<Record<string, string>> | string {
  if (typeof context !== 'object' || context === null || Array.isArray(context))
    return 'the context is no map';
  const values: [string, string][] = [];
  for (const [name, value] of Object.entries(context)) {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      return `the context's ${name} is no string, number or boolean`;
    }
    values.push([name, String(value)]);
  }
  return Object.fromEntries(values);
}
