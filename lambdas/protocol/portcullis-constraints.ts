import type { ConstraintTable } from './constraint-table';

/* Lengths, patterns and enums of the parameters of Portcullis's own operations. */

const service = '[a-z][a-z0-9-]{0,63}';
const action = `${service}:[A-Za-z0-9]{1,128}`;

/** Of the Authorization API, which has lower-case names. */
const EVALUATION: ConstraintTable['operations'][string] = {
  evaluations: { range: [0, 50] },
  evaluations_semantic: {
    values: ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'],
  },
  id: { range: [1, 2048] },
  name: {
    range: [3, 193],
    pattern: { text: action, expression: new RegExp(`^${action}$`) },
  },
  type: { range: [1, 128] },
};

export const PORTCULLIS_CONSTRAINTS: ConstraintTable = {
  members: {
    AccessLevel: {
      values: ['List', 'Read', 'Write', 'Tagging', 'Permissions management'],
    },
    Action: { range: [3, 193] },
    Actions: { range: [1, 500] },
    ConditionKeys: { range: [0, 200] },
    ContextEntries: { range: [0, 100] },
    ContextKeyName: { range: [1, 256] },
    ContextKeyValues: { range: [0, 100] },
    Marker: { range: [1, 4096] },
    MaxItems: { range: [1, 1000] },
    PolicyDocument: { range: [1, 20_480] },
    ResourceTypes: { range: [0, 200] },
    Service: {
      range: [1, 64],
      pattern: { text: service, expression: new RegExp(`^${service}$`) },
    },
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
