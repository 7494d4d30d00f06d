import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { WorkloadService } from '../../lambdas/identity/workload-services';

export interface CredentialsOptions {
  readonly functionArn: string;
  readonly role: string;
  readonly service: WorkloadService;
  readonly sessionName: string;
}

/**
 * Credentials as a `credential_process` writes them, asked for with the AWS credentials that the workload runs with.
 *
 * Errors: Error where the function refuses, in its words, or cannot be invoked. Source:
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
 */
export async function runCredentials(options: CredentialsOptions): Promise<string> {
  const client = new LambdaClient(regionOf(options.functionArn));
  try {
    const { FunctionError, Payload } = await client.send(
      new InvokeCommand({
        FunctionName: options.functionArn,
        Payload: JSON.stringify({
          Arn: options.role,
          Service: options.service,
          RoleSessionName: options.sessionName,
        }),
      }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError !== undefined) {
      throw new Error(`the function failed: ${text.slice(0, 500)}`);
    }
    return formatCredentials(JSON.parse(text) as Answer);
  } finally {
    client.destroy();
  }
}

interface Answer {
  readonly Session?: Readonly<Record<string, unknown>>;
  readonly Error?: { readonly Code: string; readonly Message: string };
}

function formatCredentials({ Session, Error: refusal }: Answer): string {
  if (Session === undefined) {
    throw new Error(
      refusal === undefined ? 'the function gave no answer' : `${refusal.Code}: ${refusal.Message}`,
    );
  }
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Session;
  return JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey, SessionToken, Expiration });
}

function regionOf(functionArn: string): { readonly region?: string } {
  const region = functionArn.split(':')[3];
  return region === undefined || region === '' ? {} : { region };
}
