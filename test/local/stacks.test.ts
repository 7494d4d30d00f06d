import { Stacks } from '../../local/stacks';
import type { Resource } from '../../local/stacks';
import { listUnservedResources } from '../../local/unserved-resources';
import type { ResourceDefinition } from '../../local/template';
import { createStack, createStacks } from './fixture';

function find(stacks: Stacks, logicalId: string): Resource {
  const resource = stacks.resources.find((candidate) => candidate.logicalId === logicalId);
  if (resource === undefined) throw new Error(`no ${logicalId}`);
  return resource;
}

const TABLE: ResourceDefinition = { Type: 'AWS::DynamoDB::Table', Properties: {} };

test('exports of one app are imports of another', () => {
  const exporting = createStack(
    { Table: TABLE },
    {
      stackName: 'One',
      Outputs: {
        Name: {
          Value: { 'Fn::GetAtt': ['Table', 'Arn'] },
          Export: { Name: { 'Fn::Sub': 'table-${AWS::Region}' } },
        },
      },
    },
  );
  const importing = createStack(
    {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: { Table: { 'Fn::ImportValue': 'table-eu-west-1' } },
      },
    },
    { stackName: 'Two' },
  );
  const stacks = new Stacks([importing, exporting]);
  expect(stacks.property(find(stacks, 'Role'), 'Table')).toMatch(
    /^arn:aws:dynamodb:eu-west-1:123456789012:table\/One-Table-[A-Z0-9]{12}$/,
  );
  expect(stacks.dependencies(find(stacks, 'Role')).map(({ logicalId }) => logicalId)).toEqual([
    'Table',
  ]);
});

test('an import that nobody exports names the place', () => {
  const stacks = createStacks({
    Role: { Type: 'AWS::IAM::Role', Properties: { X: { 'Fn::ImportValue': 'absent' } } },
  });
  expect(() => stacks.property(find(stacks, 'Role'), 'X')).toThrow(
    /no stack of this run exports absent/,
  );
});

test('names that the template gives are kept, others are the same at every start and differ between resources', () => {
  const names = (): readonly string[] => {
    const stacks = createStacks({
      A: TABLE,
      B: TABLE,
      C: { ...TABLE, Properties: { TableName: 'given' } },
    });
    return stacks.resources.map((resource) => stacks.identity(resource).ref);
  };
  expect(names()[2]).toBe('given');
  expect(new Set(names()).size).toBe(3);
  expect(names()).toEqual(names());
});

test('a resource whose condition does not hold is not there', () => {
  const stacks = createStacks(
    { Kept: TABLE, Left: { ...TABLE, Condition: 'Never' } },
    { Conditions: { Never: { 'Fn::Equals': ['a', 'b'] } } },
  );
  expect(stacks.resources.map(({ logicalId }) => logicalId)).toEqual(['Kept']);
});

test('Ref of a type that the local run does not know is an error, not a guess', () => {
  const stacks = createStacks({
    Queue: { Type: 'AWS::SQS::Queue' },
    Role: { Type: 'AWS::IAM::Role', Properties: { Queue: { Ref: 'Queue' } } },
  });
  expect(() => stacks.property(find(stacks, 'Role'), 'Queue')).toThrow(
    /stack Test, resource Role\.Queue: .*Ref and Fn::GetAtt of Queue \(AWS::SQS::Queue\)/,
  );
});

test('an unknown attribute is an error', () => {
  const stacks = createStacks({
    A: TABLE,
    B: { Type: 'AWS::IAM::Role', Properties: { X: { 'Fn::GetAtt': ['A', 'constructor'] } } },
  });
  expect(() => stacks.property(find(stacks, 'B'), 'X')).toThrow(/has no attribute constructor/);
});

test('AWS::NoValue for a property means that it is not set', () => {
  const stacks = createStacks({
    A: { Type: 'AWS::IAM::Role', Properties: { Name: { Ref: 'AWS::NoValue' } } },
  });
  expect(stacks.property(find(stacks, 'A'), 'Name')).toBeUndefined();
  expect(stacks.properties(find(stacks, 'A'))).toEqual({});
});

test('a custom resource has its answers once it has been made, and none before', () => {
  const stacks = createStacks({
    Made: { Type: 'Custom::Thing' },
    User: {
      Type: 'AWS::IAM::Role',
      Properties: { X: { 'Fn::GetAtt': ['Made', 'Url'] }, Y: { Ref: 'Made' } },
    },
  });
  expect(() => stacks.property(find(stacks, 'User'), 'X')).toThrow(/Made has not been made yet/);
  stacks.rememberCustomResource(find(stacks, 'Made'), {
    physicalResourceId: 'id',
    data: { Url: 'u' },
  });
  expect(stacks.properties(find(stacks, 'User'))).toEqual({ X: 'u', Y: 'id' });
});

test('two stacks of one name are refused', () => {
  expect(() => new Stacks([createStack({}), createStack({})])).toThrow(
    /two stacks have the name Test/,
  );
});

test('what does nothing here is said, what the app cannot do without is refused', () => {
  const silent = createStacks({
    A: TABLE,
    B: { Type: 'AWS::Logs::LogGroup' },
    C: { Type: 'AWS::SQS::Queue' },
  });
  expect(listUnservedResources(silent)).toEqual(['Test/C (AWS::SQS::Queue) does nothing here']);
  const refused = createStacks({ A: { Type: 'AWS::DynamoDB::GlobalTable' } });
  expect(() => listUnservedResources(refused)).toThrow(
    /resource A: the local run has no AWS::DynamoDB::GlobalTable/,
  );
});
