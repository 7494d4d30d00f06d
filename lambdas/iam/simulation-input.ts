import { parseArn } from '../core/arn';
import { compilePolicy, type CompiledPolicy } from '../core/compile';
import type { PolicyType } from '../core/decision';
import { PolicyRefused } from '../core/policy-refused';
import { createPolicySet } from '../core/policy-set';
import { foldCase } from '../core/letter-case';
import type { ConditionContext, Principal } from '../core/request-context';
import { iamArn } from '../identity/arns';
import type { Call } from '../operations/operation';
import { IamError } from '../protocol/errors';
import { contextKeysOf, invalidPolicyInput } from './context-keys';
import type { SimulatedPolicy, Simulation } from './policy-simulation';
import { readContextEntries, type ContextEntry } from './simulation-context';

/** What both simulations take. */
export interface SimulationInput {
  readonly PolicyInputList?: readonly string[] | undefined;
  readonly PermissionsBoundaryPolicyInputList?: readonly string[] | undefined;
  readonly OrderedOrganizationPolicyInputList?:
    | readonly { readonly ServiceControlPolicyInputList?: readonly string[] | undefined }[]
    | undefined;
  readonly ActionNames: readonly string[];
  readonly ResourceArns?: readonly string[] | undefined;
  readonly ResourcePolicy?: string | undefined;
  readonly ResourceOwner?: string | undefined;
  readonly ContextEntries?: readonly ContextEntry[] | undefined;
  readonly ResourceHandlingOption?: string | undefined;
}

/** Whom a simulation is about, and the policies that are stored for it. */
export interface SimulationSubject {
  readonly principal: Principal & { readonly arn: string };
  readonly accountId: string;
  readonly context: ConditionContext;
  readonly identity: readonly StoredPolicy[];
  readonly boundary: StoredPolicy | undefined;
  readonly tellsOrganizations: boolean;
}

export interface StoredPolicy {
  readonly id: string;
  readonly document: string;
}

/** As AWS names whoever is simulated without a name. */
const NOBODY = 'STUB_PRINCIPAL_FOR_POLICY_SIMULATOR';

/** Errors: InvalidInput, in the simulator's words. */
export function createSimulation(input: SimulationInput, subject: SimulationSubject): Simulation {
  refuseNamelessActions(input);
  const told = readContextEntries(input.ContextEntries ?? []);
  const compiler = new SimulationCompiler();
  const identity = [
    ...subject.identity.map((policy) => compiler.addStored(policy, 'identity-based policy')),
    ...(input.PolicyInputList ?? []).map((text, index) => compiler.addInput(text, index + 1)),
  ];
  const boundary = compileBoundary(compiler, input, subject);
  const resource =
    input.ResourcePolicy === undefined
      ? undefined
      : compiler.addResourcePolicy(input.ResourcePolicy);
  const scps = input.OrderedOrganizationPolicyInputList?.map((level, index) =>
    compiler.addLevel(level.ServiceControlPolicyInputList ?? [], index + 1),
  );
  const resources = readResources(input);
  return {
    principal: subject.principal,
    accountId: subject.accountId,
    policies: createPolicySet({
      identity,
      ...(boundary === undefined ? {} : { boundary: [boundary] }),
      ...(resource === undefined ? {} : { resource }),
      ...(scps === undefined ? {} : { scps }),
    }),
    sources: compiler.sources,
    context: { ...withoutKeys(subject.context, Object.keys(told)), ...told },
    untoldKeys: untoldKeys([...identity, boundary, resource], Object.keys(told)),
    resources,
    isScenario: readScenario(input, resources ?? []),
    resourceOwner: readOwner(input.ResourceOwner) ?? subject.accountId,
    tellsOrganizations: subject.tellsOrganizations || scps !== undefined,
  };
}

function compileBoundary(
  compiler: SimulationCompiler,
  { PermissionsBoundaryPolicyInputList: texts = [] }: SimulationInput,
  { boundary }: SimulationSubject,
): CompiledPolicy | undefined {
  if (texts.length > 1) {
    throw new IamError(
      'InvalidInput',
      'The list of Permissions Boundary policies cannot exceed 1 items.',
    );
  }
  const [text] = texts;
  if (text !== undefined) return compiler.addBoundary(text);
  return boundary && compiler.addStored(boundary, 'permissions boundary');
}

/** Compiles policies under ids of their own, so that each statement that matched can be traced back to where it came from. */
class SimulationCompiler {
  readonly sources = new Map<string, SimulatedPolicy>();

  /** What is stored has been checked when it was stored; if it no longer is a policy, there is no answer. */
  addStored(
    { id, document }: StoredPolicy,
    policyType: 'identity-based policy' | 'permissions boundary',
  ): CompiledPolicy {
    const sourceType =
      policyType === 'permissions boundary' ? 'Permissions Boundary Policy' : 'IAM Policy';
    return this.#add(document, policyType, { sourceId: id, sourceType });
  }

  addInput(text: string, position: number): CompiledPolicy {
    return refusing(invalidPolicyInput(position), () =>
      this.#add(text, 'identity-based policy', {
        sourceId: `PolicyInputList.${position}`,
        sourceType: 'IAM Policy',
      }),
    );
  }

  addBoundary(text: string): CompiledPolicy {
    const invalid = new IamError(
      'InvalidInput',
      'Permissions Boundary policy input list item 1 has invalid content',
    );
    return refusing(invalid, () =>
      this.#add(text, 'permissions boundary', {
        sourceId: 'PermissionsBoundaryPolicyInputList.1',
        sourceType: 'Permissions Boundary Policy',
      }),
    );
  }

  addResourcePolicy(text: string): CompiledPolicy {
    const invalid = new IamError('InvalidInput', 'Resource policy has invalid content');
    return refusing(invalid, () =>
      this.#add(text, 'resource-based policy', {
        sourceId: 'ResourcePolicy',
        sourceType: 'Resource Policy',
      }),
    );
  }

  addLevel(texts: readonly string[], position: number): readonly CompiledPolicy[] {
    if (texts.length === 0) {
      throw new IamError(
        'InvalidInput',
        `Organization policy at index ${position} must contain at least one service control policy`,
      );
    }
    const invalid = new IamError(
      'InvalidInput',
      `Organization policy at index ${position} has invalid content`,
    );
    return texts.map((text) =>
      refusing(invalid, () => compilePolicy(text, { policyType: 'service control policy' })),
    );
  }

  #add(
    text: string,
    policyType: PolicyType,
    source: Omit<SimulatedPolicy, 'compiled'>,
  ): CompiledPolicy {
    const policyId = String(this.sources.size);
    const compiled = compilePolicy(text, { policyType, policyId });
    this.sources.set(policyId, { compiled, ...source });
    return compiled;
  }
}

function refusing(refusal: IamError, compile: () => CompiledPolicy): CompiledPolicy {
  try {
    return compile();
  } catch (error) {
    throw error instanceof PolicyRefused ? refusal : error;
  }
}

function untoldKeys(
  policies: readonly (CompiledPolicy | undefined)[],
  told: readonly string[],
): readonly string[] {
  const toldKeys = new Set(told.map(foldCase));
  const keys = policies.flatMap((policy) =>
    policy === undefined ? [] : contextKeysOf(policy.document),
  );
  const untold = new Map<string, string>();
  for (const key of keys) {
    const folded = foldCase(key);
    if (!toldKeys.has(folded) && !untold.has(folded)) untold.set(folded, key);
  }
  return [...untold.values()];
}

function withoutKeys(context: ConditionContext, keys: readonly string[]): ConditionContext {
  const folded = new Set(keys.map(foldCase));
  return Object.fromEntries(Object.entries(context).filter(([key]) => !folded.has(foldCase(key))));
}

/** The scenarios that AWS has for starting instances; other actions do not know them. */
const INSTANCE_SCENARIO = /^EC2-(Classic|VPC)-(InstanceStore|EBS)(-Subnet)?$/;

function refuseNamelessActions({ ActionNames }: SimulationInput): void {
  if (ActionNames.some((action) => !action.includes(':'))) {
    throw new IamError('InvalidInput', 'The action is invalid since it is missing names');
  }
}

/** Whether the question is one of AWS's scenarios. Errors: InvalidInput for another action, and where a resource is missing. */
function readScenario(
  { ActionNames, ResourceHandlingOption: option }: SimulationInput,
  resources: readonly string[],
): boolean {
  const [, network, storage, subnet] = INSTANCE_SCENARIO.exec(option ?? '') ?? [];
  if (network === undefined) return false;
  const other = ActionNames.find((action) => foldCase(action) !== 'ec2:runinstances');
  if (other !== undefined) {
    throw new IamError(
      'InvalidInput',
      `Invalid input resource handling options. Action does not support resource handling options: ${other}. Please refer to the documentation for more details: https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html`,
    );
  }
  const needed = [
    'instance',
    'image',
    'security-group',
    ...(network === 'VPC' ? ['network-interface'] : []),
    ...(subnet === undefined ? [] : ['subnet']),
    ...(storage === 'EBS' ? ['volume'] : []),
  ];
  const given = resources.map((arn) => parseArn(arn)?.resource.split('/', 1)[0]);
  const missing = needed.filter((type) => !given.includes(type));
  if (missing.length > 0) {
    throw new IamError(
      'InvalidInput',
      `The resource handling option ${option ?? ''} needs resources of these types: ${missing.join(', ')}.`,
    );
  }
  return true;
}

function readResources(input: SimulationInput): readonly string[] | undefined {
  const { ResourceArns: resources = [], ResourcePolicy } = input;
  const wrong = resources.find((arn) => arn !== '*' && parseArn(arn) === undefined);
  if (wrong !== undefined) {
    throw new IamError('InvalidInput', `ResourceNames are not in a valid ARN format: ${wrong}.`);
  }
  const named =
    resources.length === 0 || resources.every((arn) => arn === '*') ? undefined : resources;
  if (ResourcePolicy !== undefined && (named === undefined || named.includes('*'))) {
    throw new IamError('InvalidInput', 'A resource policy needs resources that are named by ARN.');
  }
  return named;
}

/** The account of `arn:aws:iam::123456789012:root`. */
function readOwner(owner: string | undefined): string | undefined {
  if (owner === undefined) return undefined;
  const arn = parseArn(owner);
  if (arn?.service !== 'iam' || !/^\d{12}$/.test(arn.accountId)) {
    throw new IamError('InvalidInput', `'${owner}' is not a valid as a Resource Owner.`);
  }
  return arn.accountId;
}

/** Whom a simulation is about that names nobody, or names somebody by ARN alone. */
export function readCaller(
  call: Call,
  callerArn: string | undefined,
): Pick<SimulationSubject, 'principal' | 'accountId' | 'context'> {
  if (callerArn === undefined) {
    const { accountId } = call;
    const arn = iamArn(call, 'user', '/', NOBODY);
    return {
      principal: { type: 'User', arn, accountId },
      accountId,
      context: { 'aws:userid': NOBODY },
    };
  }
  const arn = parseArn(callerArn);
  const slash = arn?.resource.indexOf('/') ?? -1;
  const type = CALLER_TYPES[arn?.resource.slice(0, Math.max(slash, 0)) ?? ''];
  if (arn?.service !== 'iam' || !/^\d{12}$/.test(arn.accountId) || type === undefined) {
    throw new IamError('InvalidInput', `Invalid Entity Arn: ${callerArn}`);
  }
  const { accountId, resource } = arn;
  const name = resource.slice(resource.lastIndexOf('/') + 1);
  return {
    principal: { type, arn: callerArn, accountId },
    accountId,
    context: {
      'aws:userid': callerArn,
      'aws:PrincipalArn': callerArn,
      'aws:PrincipalAccount': accountId,
      ...(type === 'User' ? { 'aws:username': name, 'aws:PrincipalType': 'User' } : {}),
    },
  };
}

const CALLER_TYPES: Readonly<Record<string, 'User' | 'Role'>> = { user: 'User', role: 'Role' };
