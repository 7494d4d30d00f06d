import { randomBytes } from 'node:crypto';

import type { InvocationResult } from './function-worker';

/** As which service a workload is given its role. */
export type WorkloadService = 'ec2.amazonaws.com' | 'ecs-tasks.amazonaws.com';

/** Credentials of a role, as the deployment's function gives them. */
export interface WorkloadSession {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
  /** ISO 8601. */
  readonly Expiration: string;
  readonly RoleArn: string;
  readonly RoleName: string;
  readonly InstanceProfile?: { readonly Arn: string; readonly InstanceProfileId: string };
}

/** Why there are none: the function's words. */
export interface WorkloadRefusal {
  readonly Code: string;
  readonly Message: string;
}

export type WorkloadOutcome =
  | { readonly session: WorkloadSession; readonly issuedAt: number }
  | { readonly refusal: WorkloadRefusal };

export interface WorkloadSessionsOptions {
  /** The ARN of a role or an instance profile. */
  readonly arn: string;
  /** Asks the function; undefined where there is none. */
  readonly ask: (payload: string) => Promise<InvocationResult> | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Clients ask again a quarter of an hour before the end, and are to be given others then.
 *
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-metadata-security-credentials.html
 */
const RENEWED_BEFORE_END_MILLISECONDS = 20 * 60_000;

/** The sessions of one workload, one for each service, kept until shortly before their end. */
export class WorkloadSessions {
  readonly instanceId = `i-${randomBytes(9).toString('hex').slice(0, 17)}`;
  readonly #taskId = randomBytes(16).toString('hex');
  readonly #kept = new Map<WorkloadService, Extract<WorkloadOutcome, { session: unknown }>>();

  constructor(private readonly options: WorkloadSessionsOptions) {}

  /** From the next request on, other credentials. */
  forget(): void {
    this.#kept.clear();
  }

  /** A refusal is not kept: it is asked again. Rejects where the function fails. */
  async get(service: WorkloadService): Promise<WorkloadOutcome> {
    const now = this.options.now();
    const kept = this.#kept.get(service);
    if (
      kept !== undefined &&
      Date.parse(kept.session.Expiration) - now > RENEWED_BEFORE_END_MILLISECONDS
    ) {
      return kept;
    }
    const asked = {
      Arn: this.options.arn,
      Service: service,
      RoleSessionName: service === 'ec2.amazonaws.com' ? this.instanceId : this.#taskId,
    };
    const result = await this.options.ask(JSON.stringify(asked));
    if (result?.ok !== true) {
      throw new Error(
        result === undefined ? 'the app has no function for workloads' : result.error.errorMessage,
      );
    }
    const { Session, Error: refusal } = JSON.parse(result.payload) as {
      Session?: WorkloadSession;
      Error?: WorkloadRefusal;
    };
    if (Session === undefined) {
      return { refusal: refusal ?? { Code: 'Failed', Message: 'no answer' } };
    }
    const outcome = { session: Session, issuedAt: now };
    this.#kept.set(service, outcome);
    return outcome;
  }
}
