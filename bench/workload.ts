import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

import type { PolicyJson } from '../test/model/scenario';

/** The answers of a workload file. */
export type Expected = 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';

export interface WorkloadRequest {
  readonly id: number;
  readonly principal: string;
  readonly resourceAccount: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
  readonly expected: Expected;
}

/** The policies of one principal, and of the resources that it asks for, by their ARNs. */
export interface Environment {
  readonly identity: readonly PolicyJson[];
  readonly boundary?: readonly PolicyJson[];
  readonly session?: PolicyJson;
  readonly scps?: readonly (readonly PolicyJson[])[];
  readonly rcps?: readonly (readonly PolicyJson[])[];
  readonly resourcePolicies?: Readonly<Record<string, PolicyJson>>;
}

export interface Workload {
  readonly name: string;
  readonly seed: number;
  readonly description: string;
  readonly env: Environment;
  readonly requests: readonly WorkloadRequest[];
}

/** Reads a workload file, gzipped or plain. */
export function readWorkload(path: string): Workload {
  const bytes = readFileSync(path);
  const isZipped = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const workload = JSON.parse((isZipped ? gunzipSync(bytes) : bytes).toString('utf8')) as Workload;
  // A single policy stands for a list of one in some files.
  const { env } = workload;
  return { ...workload, env: { ...env, boundary: listOrUndefined(env.boundary) } };
}

function listOrUndefined(
  policies: PolicyJson | readonly PolicyJson[] | null | undefined,
): readonly PolicyJson[] | undefined {
  if (policies === null || policies === undefined) return undefined;
  return 'Statement' in policies ? [policies] : policies;
}
