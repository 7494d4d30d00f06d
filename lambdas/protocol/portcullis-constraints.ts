import type { Constraint, ConstraintTable } from './constraint-table';

/* Lengths, patterns and enums of the parameters of Portcullis's own operations. */

const service = '[a-z][a-z0-9-]{0,63}';
const action = `${service}:[A-Za-z0-9]{1,128}`;

const ACTION: Constraint = {
  range: [3, 193],
  pattern: { text: action, expression: new RegExp(`^${action}$`) },
};

/** Of the Authorization API, which has lower-case names. */
const EVALUATION: ConstraintTable['operations'][string] = {
  evaluations: { range: [0, 50] },
  evaluations_semantic: {
    values: ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'],
  },
  id: { range: [1, 2048] },
  name: ACTION,
  type: { range: [1, 128] },
};

export const PORTCULLIS_CONSTRAINTS: ConstraintTable = {
  members: {
    AccessLevel: {
      values: ['List', 'Read', 'Write', 'Tagging', 'Permissions management'],
    },
    Action: ACTION,
    Actions: { range: [1, 500] },
    ConditionKeys: { range: [0, 200] },
    ContextEntries: { range: [0, 100] },
    ContextKeyName: { range: [1, 256] },
    ContextKeyValues: { range: [0, 100] },
    Marker: { range: [1, 4096] },
    MaxItems: { range: [1, 1000] },
    PolicyDocument: { range: [1, 20_480] },
    Principal: { range: [1, 2048] },
    PrincipalType: { values: ['user', 'role', 'root', 'session'] },
    ResourceTypes: { range: [0, 200] },
    Service: {
      range: [1, 64],
      pattern: { text: service, expression: new RegExp(`^${service}$`) },
    },
    RoleArn: { range: [20, 2048] },
    SessionToken: { range: [1, 8192] },
    SourceIp: { range: [2, 45] },
    Type: {
      values: [
        'ARN',
        'ArrayOfARN',
        'ArrayOfString',
        'Binary',
        'Bool',
        'Date',
        'IPAddress',
        'Numeric',
        'String',
      ],
    },
  },
  operations: { EvaluateAccess: EVALUATION, EvaluateAccessBatch: EVALUATION },
};
