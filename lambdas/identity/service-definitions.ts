import { checkServiceDefinition } from '../core/catalogue/check-definition';
import type { ServiceDefinition } from '../core/catalogue/service-definition';
import type { Finding } from '../core/finding';
import { malformedPolicyMessage, validatePolicy } from '../core/validate';
import { IamError } from '../protocol/errors';

/* What a service and its policy must be, whoever puts them: an administrator, or the stack of an API. */

/** A definition whose members have been found to be there, of their types and within their limits. */
export interface GivenServiceDefinition {
  readonly Service: string;
  readonly Actions: readonly {
    readonly Name: string;
    readonly AccessLevel: string;
    readonly ResourceTypes?: readonly string[] | undefined;
    readonly ConditionKeys?: readonly string[] | undefined;
  }[];
  readonly ResourceTypes?:
    | readonly {
        readonly Name: string;
        readonly Arn: string;
        readonly ConditionKeys?: readonly string[] | undefined;
      }[]
    | undefined;
  readonly ConditionKeys?: readonly { readonly Name: string; readonly Type: string }[] | undefined;
}

/** The store takes rows of 400 KB at most. */
const MAX_DEFINITION_BYTES = 256 * 1024;

/** Errors: InvalidInput with everything that is wrong, LimitExceeded. */
export function requireServiceDefinition(given: GivenServiceDefinition): ServiceDefinition {
  const definition: ServiceDefinition = {
    service: given.Service,
    actions: given.Actions.map((action) => ({
      name: action.Name,
      accessLevel: action.AccessLevel as ServiceDefinition['actions'][number]['accessLevel'],
      resourceTypes: [...(action.ResourceTypes ?? [])],
      conditionKeys: [...(action.ConditionKeys ?? [])],
    })),
    resourceTypes: (given.ResourceTypes ?? []).map((type) => ({
      name: type.Name,
      arn: type.Arn,
      conditionKeys: [...(type.ConditionKeys ?? [])],
    })),
    conditionKeys: (given.ConditionKeys ?? []).map((key) => ({
      name: key.Name,
      type: key.Type as ServiceDefinition['conditionKeys'][number]['type'],
    })),
  };
  if (Buffer.byteLength(JSON.stringify(definition)) > MAX_DEFINITION_BYTES) {
    throw new IamError(
      'LimitExceeded',
      `Cannot exceed quota for ServiceDefinitionSize: ${MAX_DEFINITION_BYTES}`,
    );
  }
  const findings = checkServiceDefinition(definition);
  if (findings.length > 0) {
    throw new IamError('InvalidInput', findings.map(renderFinding).join('; '));
  }
  return definition;
}

/** `actions[2].name: the action …` */
function renderFinding({ path, message }: Finding): string {
  const place = path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('');
  return place === '' ? message : `${place}: ${message}`;
}

/** Errors: MalformedPolicyDocument. */
export function requireServicePolicy(document: string): void {
  const { document: parsed, findings } = validatePolicy(document, 'resource');
  const message = malformedPolicyMessage(findings);
  if (message !== undefined || parsed === undefined) {
    throw new IamError('MalformedPolicyDocument', message ?? 'Syntax errors in policy.');
  }
}
