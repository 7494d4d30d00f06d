import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { SamlVerification, SamlVerificationRequest } from '../credentials/saml-identity';

/** Asks the function that reads SAML. Rejects where there is no answer, which is an outage. */
export type SamlVerifier = (request: SamlVerificationRequest) => Promise<SamlVerification>;

/** Whoever waits longer is better told that we are down. */
const TIMEOUT_MILLISECONDS = 8000;

/**
 * Environment: SAML_FUNCTION_ARN. Errors: Error where it is missing.
 */
export function createSamlVerifier(environment: NodeJS.ProcessEnv): SamlVerifier {
  const functionArn = environment['SAML_FUNCTION_ARN'];
  if (functionArn === undefined || functionArn === '') {
    throw new Error('the environment variable SAML_FUNCTION_ARN is missing');
  }
  const client = new LambdaClient({ maxAttempts: 1 });
  return async (request) => {
    const command = new InvokeCommand({
      FunctionName: functionArn,
      Payload: JSON.stringify(request),
    });
    const abortSignal = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
    const { FunctionError, Payload } = await client.send(command, { abortSignal });
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) {
      throw new Error(`the SAML function failed: ${text.slice(0, 500)}`);
    }
    return readVerification(JSON.parse(text));
  };
}

/** What the function answers is its own type; anything else is no answer. */
function readVerification(answer: unknown): SamlVerification {
  const { identity, refusal } = (answer ?? {}) as Partial<Record<string, unknown>>;
  if ((identity === undefined) === (refusal === undefined)) {
    throw new TypeError('the SAML function gave no answer');
  }
  return answer as SamlVerification;
}
