import { listOf, NOTHING, operation, STRING, STRINGS, structure } from './portcullis-schemas';

/* What a service and its policy are put as: by an administrator's call, and by the stack of an API. */

const ACTION = structure(
  'ActionDefinition',
  { Name: STRING, AccessLevel: STRING },
  { ResourceTypes: STRINGS, ConditionKeys: STRINGS },
);
const RESOURCE_TYPE = structure(
  'ResourceTypeDefinition',
  { Name: STRING, Arn: STRING },
  { ConditionKeys: STRINGS },
);
const CONDITION_KEY = structure('ConditionKeyDefinition', { Name: STRING, Type: STRING });

/** The members of a service definition. */
export const SERVICE_DEFINITION = {
  required: { Service: STRING, Actions: listOf('ActionDefinitions', () => ACTION) },
  optional: {
    ResourceTypes: listOf('ResourceTypeDefinitions', () => RESOURCE_TYPE),
    ConditionKeys: listOf('ConditionKeyDefinitions', () => CONDITION_KEY),
  },
};

export const PUT_SERVICE_DEFINITION = operation(
  'PutServiceDefinition',
  structure(
    'PutServiceDefinitionRequest',
    SERVICE_DEFINITION.required,
    SERVICE_DEFINITION.optional,
  ),
  NOTHING,
);

export const PUT_SERVICE_POLICY = operation(
  'PutServicePolicy',
  structure('PutServicePolicyRequest', { Service: STRING, PolicyDocument: STRING }),
  NOTHING,
);
