import { resolveIntrinsics } from '../../local/intrinsics';
import type { IntrinsicScope } from '../../local/intrinsics';
import { TemplateError } from '../../local/template';
import type { TemplateValue } from '../../local/template';

const SCOPE: IntrinsicScope = {
  template: {
    Resources: {},
    Parameters: { Size: { Type: 'String', Default: 'small' }, Secret: { Type: 'String' } },
    Mappings: { Regions: { 'eu-west-1': { Name: 'Ireland' } } },
    Conditions: {
      Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] },
      No: { 'Fn::Not': [{ Condition: 'Yes' }] },
      Both: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
      Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
      Odd: { 'Fn::Xor': [] },
    },
  },
  pseudoParameters: { 'AWS::Region': 'eu-west-1', 'AWS::AccountId': '123456789012' },
  ref: (logicalId) => {
    if (logicalId === 'Table') return 'table-name';
    throw new TemplateError(`stack Test has no resource ${logicalId}`);
  },
  attribute: (logicalId, attribute) => `${logicalId}:${attribute}`,
  importValue: (name) => `imported ${name}`,
  stackOutput: (stackName, outputId) => `${stackName}/${outputId}`,
};

function resolve(value: TemplateValue): TemplateValue {
  return resolveIntrinsics(value, SCOPE, 'stack Test, resource Thing');
}

test.each<[TemplateValue, TemplateValue]>([
  ['text', 'text'],
  [{ Ref: 'Table' }, 'table-name'],
  [{ Ref: 'AWS::AccountId' }, '123456789012'],
  [{ Ref: 'Size' }, 'small'],
  [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table:Arn'],
  [{ 'Fn::GetAtt': 'Table.Stream.Arn' }, 'Table:Stream.Arn'],
  [{ 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 3]] }, 'a-table-name-3'],
  [
    { 'Fn::Sub': '${Table}/${Table.Arn}/${AWS::Region}/${!Kept}' },
    'table-name/Table:Arn/eu-west-1/${Kept}',
  ],
  [{ 'Fn::Sub': ['${Name}', { Name: { Ref: 'Table' } }] }, 'table-name'],
  [{ 'Fn::Select': ['1', { 'Fn::Split': [',', 'a,b,c'] }] }, 'b'],
  [{ 'Fn::ImportValue': { 'Fn::Sub': 'x-${AWS::Region}' } }, 'imported x-eu-west-1'],
  [{ 'Fn::GetStackOutput': { StackName: 'Other', OutputName: 'Url' } }, 'Other/Url'],
  [{ 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'Name'] }, 'Ireland'],
  [{ 'Fn::Base64': 'abc' }, 'YWJj'],
  [{ 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
  [{ 'Fn::If': ['No', 'a', 'b'] }, 'b'],
  [{ 'Fn::If': ['Both', 'a', 'b'] }, 'b'],
  [{ 'Fn::If': ['Either', 'a', 'b'] }, 'a'],
  [{ a: { Ref: 'AWS::NoValue' }, b: [1, { Ref: 'AWS::NoValue' }, 2] }, { b: [1, 2] }],
  [{ 'Fn::If': ['Yes', 'a', { Ref: 'Missing' }] }, 'a'],
  [{ nested: [{ deep: { Ref: 'Table' } }] }, { nested: [{ deep: 'table-name' }] }],
])('%j is %j', (value, expected) => {
  expect(resolve(value)).toEqual(expected);
});

test.each<[string, TemplateValue, RegExp]>([
  ['an unknown resource', { Ref: 'Missing' }, /stack Test, resource Thing.*no resource Missing/],
  ['an unknown function', { 'Fn::Cidr': [] }, /does not know the function Fn::Cidr/],
  ['a parameter that nobody set', { Ref: 'Secret' }, /parameter Secret has no default/],
  ['a dynamic reference', { Value: '{{resolve:ssm:/x}}' }, /Thing\.Value.*dynamic reference/],
  ['an unknown condition', { 'Fn::If': ['Absent', 1, 2] }, /no condition Absent/],
  ['an unknown condition function', { 'Fn::If': ['Odd', 1, 2] }, /condition function Fn::Xor/],
  ['an index out of range', { 'Fn::Select': [5, ['a']] }, /no such index/],
  [
    'an unknown mapping',
    { 'Fn::FindInMap': ['Regions', 'x', 'Name'] },
    /no mapping Regions\.x\.Name/,
  ],
  ['an object inside Fn::Join', { 'Fn::Join': ['', [{ a: 1 }]] }, /needs a scalar/],
  ['NoValue where a value must be', { Ref: 'AWS::NoValue' }, /AWS::NoValue/],
])('%s is an error that names the place', (_what, value, message) => {
  expect(() => resolve(value)).toThrow(message);
  expect(() => resolve(value)).toThrow(TemplateError);
});
