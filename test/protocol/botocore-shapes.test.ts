import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { describeOperation, type Shape, type StructureShape } from '../../lambdas/protocol/schema';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import { pythonHas, runPython } from './python';

/* Inputs and outputs of the rows next to those of AWS's other official client. */

/** A shape as text in both clients' words: a structure by its members, `!` for required ones. */
type Described =
  | string
  | { readonly list: Described }
  | { readonly map: Described }
  | { readonly members: Readonly<Record<string, Described>> }
  | { readonly recursive: string };

type Model = Readonly<
  Record<
    string,
    Readonly<Record<string, { readonly input: Described; readonly output: Described }>>
  >
>;

const COLLECT = `
import json, sys, botocore.session
session = botocore.session.get_session()
newer = set(json.load(sys.stdin))
scalars = {'string': 'string', 'character': 'string', 'integer': 'integer', 'long': 'integer', 'boolean': 'boolean',
           'timestamp': 'timestamp', 'blob': 'blob'}
def describe(shape, within):
    if shape is None: return {'members': {}}
    if shape.type_name in scalars: return scalars[shape.type_name]
    if shape.type_name == 'list': return {'list': describe(shape.member, within)}
    if shape.type_name == 'map': return {'map': describe(shape.value, within)}
    if shape.name in within: return {'recursive': shape.name}
    return {'members': {name + ('!' if name in shape.required_members else ''): describe(member, within + [shape.name])
        for name, member in shape.members.items() if name not in newer}}
print(json.dumps({service: {name: {'input': describe(model.operation_model(name).input_shape, []),
                                   'output': describe(model.operation_model(name).output_shape, [])}
    for name in model.operation_names}
    for service, model in ((s, session.get_service_model(s)) for s in ('iam', 'sts'))}))
`;

function describeShape(shape: Shape | undefined, within: readonly string[] = []): Described {
  switch (shape?.kind) {
    case undefined:
      return { members: {} };
    case 'list':
      return { list: describeShape(shape.element(), within) };
    case 'map':
      return { map: describeShape(shape.value(), within) };
    case 'structure':
      return within.includes(shape.name)
        ? { recursive: shape.name }
        : { members: describeMembers(shape, [...within, shape.name]) };
    case 'string':
    case 'integer':
    case 'boolean':
    case 'timestamp':
    case 'blob':
    case 'document':
      return shape.kind;
  }
}

function describeMembers(
  shape: StructureShape,
  within: readonly string[],
): Readonly<Record<string, Described>> {
  return Object.fromEntries(
    shape
      .members()
      .filter(({ name }) => !NEWER_MEMBERS.has(name))
      .map(({ name, required, shape: inner }) => [
        required ? `${name}!` : name,
        describeShape(inner, within),
      ]),
  );
}

/** Operations and members that the official JavaScript client has, and that came after the botocore that is compared with. */
const NEWER_OPERATIONS: readonly string[] = [
  'AcquireRole',
  'GetRoleTemplateVersion',
  'GetAccountProperties',
  'PutAccountProperties',
];
const NEWER_MEMBERS: ReadonlySet<string> = new Set([
  'SourceRoleTemplate',
  'OrderedOrganizationPolicyInputList',
  'PolicyExclusionList',
  'MinimumSessionTokenSize',
  'SessionTokenSize',
  'SessionTokenUtilization',
]);

const botocore = pythonHas('botocore') ? describe : describe.skip;

botocore('the rows have the shapes that botocore has', () => {
  let model: Model;

  beforeAll(() => {
    model = runPython(COLLECT, [...NEWER_MEMBERS]) as Model;
  });

  test.each([IAM_OPERATIONS, STS_OPERATIONS])(
    'members, types and required members of every input and output of $service',
    ({ service, operations }) => {
      const ours = operations.map(({ name, schema }) => {
        const { input, output } = describeOperation(schema);
        return [name, { input: describeShape(input), output: describeShape(output) }] as const;
      });
      const known = model[service] ?? {};
      const different = ours.filter(
        ([name, shapes]) => name in known && JSON.stringify(shapes) !== JSON.stringify(known[name]),
      );
      expect(Object.fromEntries(different)).toEqual(
        Object.fromEntries(different.map(([name]) => [name, known[name]])),
      );
      expect(ours.filter(([name]) => name in known).length).toBeGreaterThan(0);
    },
  );

  test('every operation of IAM that botocore knows has a row', () => {
    const rows = IAM_OPERATIONS.operations.map(({ name }) => name);
    expect(Object.keys(model['iam'] ?? {}).filter((name) => !rows.includes(name))).toEqual([]);
    const missing = rows.filter((name) => model['iam']?.[name] === undefined);
    expect(NEWER_OPERATIONS).toEqual(expect.arrayContaining(missing));
  });
});
