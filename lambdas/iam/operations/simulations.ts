import {
  SimulateCustomPolicy$,
  SimulatePrincipalPolicy$,
  type SimulateCustomPolicyRequest,
  type SimulatePolicyResponse,
  type SimulatePrincipalPolicyRequest,
} from '@aws-sdk/client-iam';
import type { ConditionContext } from '../../core/request-context';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePageOf, type PageRequest } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { excludePolicies } from '../policy-exclusions';
import { requestsOf, simulateRequest, type Simulation } from '../policy-simulation';
import { createSimulation, readCaller, type SimulationSubject } from '../simulation-input';
import { loadSourcePolicies, requireSourceEntity, type SourceEntity } from '../source-policies';
import { onSource } from '../source-targets';
import { onEverything } from '../targets';

const simulateCustomPolicy: Operation<SimulateCustomPolicyRequest, SimulatePolicyResponse> = {
  name: 'SimulateCustomPolicy',
  schema: SimulateCustomPolicy$,
  accessLevel: 'Read',
  route: 'POST /simulations/custom-policy',
  authorization: onEverything('iam:SimulateCustomPolicy'),
  errors: ['InvalidInput', 'PolicyEvaluation'],
  run: (input, call) => {
    if (input.ResourcePolicy !== undefined && input.CallerArn === undefined) {
      throw callerNeeded();
    }
    const simulation = createSimulation(input, {
      ...readCaller(call, input.CallerArn),
      identity: [],
      boundary: undefined,
      tellsOrganizations: false,
    });
    return simulatePage(call, input, simulation);
  },
};

const simulatePrincipalPolicy: Operation<SimulatePrincipalPolicyRequest, SimulatePolicyResponse> = {
  name: 'SimulatePrincipalPolicy',
  schema: SimulatePrincipalPolicy$,
  accessLevel: 'Read',
  route: 'POST /simulations/principal-policy',
  authorization: onSource('iam:SimulatePrincipalPolicy', (input) => input.PolicySourceArn),
  errors: ['InvalidInput', 'NoSuchEntity', 'PolicyEvaluation'],
  run: async (input, call) => {
    const entity = await requireSourceEntity(call, input.PolicySourceArn);
    if (
      input.ResourcePolicy !== undefined &&
      input.CallerArn === undefined &&
      entity.kind === 'Group'
    ) {
      throw callerNeeded();
    }
    const policies = excludePolicies(
      await loadSourcePolicies(call, entity),
      input.PolicyExclusionList ?? [],
    );
    const simulation = createSimulation(input, {
      ...policies,
      ...(input.CallerArn === undefined
        ? subjectOf(call, entity)
        : readCaller(call, input.CallerArn)),
      tellsOrganizations: true,
    });
    return simulatePage(call, input, simulation);
  },
};

/** Pages are of results: each action with each resource. */
async function simulatePage(
  call: Call,
  input: PageRequest & { readonly ActionNames: readonly string[] },
  simulation: Simulation,
): Promise<SimulatePolicyResponse> {
  const requests = requestsOf(input.ActionNames, simulation).map((request, index) => ({
    request,
    index,
  }));
  const { rows, end } = await takePageOf(call, input, requests, ({ index }) =>
    String(index).padStart(9, '0'),
  );
  return {
    EvaluationResults: rows.map(({ request }) => simulateRequest(simulation, request)),
    ...end,
  };
}

/** The entity as a caller with a long-term key, or for a role with a session; of a group, nobody in particular. */
function subjectOf(
  call: Call,
  entity: SourceEntity,
): Pick<SimulationSubject, 'principal' | 'accountId' | 'context'> {
  const { accountId } = call;
  const { arn, id } = entity;
  switch (entity.kind) {
    case 'Group':
      return readCaller(call, undefined);
    case 'User':
      return {
        principal: { type: 'User', arn, accountId, uniqueId: id },
        accountId,
        context: { ...contextOf(entity, accountId, 'User'), 'aws:username': entity.name },
      };
    case 'Role':
      return {
        principal: { type: 'Role', arn, accountId, uniqueId: id },
        accountId,
        context: contextOf(entity, accountId, 'AssumedRole'),
      };
  }
}

function contextOf(
  { arn, id, tags }: SourceEntity,
  accountId: string,
  type: 'User' | 'AssumedRole',
): ConditionContext {
  return {
    'aws:userid': id,
    'aws:PrincipalArn': arn,
    'aws:PrincipalAccount': accountId,
    'aws:PrincipalType': type,
    ...Object.fromEntries(tags.map(({ Key, Value }) => [`aws:PrincipalTag/${Key}`, Value])),
  };
}

function callerNeeded(): IamError {
  return new IamError(
    'InvalidInput',
    'Invalid caller - Caller must be an IAM user in this context.',
  );
}

export const simulationOperations: readonly AnyOperation[] = [
  simulateCustomPolicy,
  simulatePrincipalPolicy,
];
