import { encodeAnswer, encodeError } from '../../lambdas/protocol/answers';
import { ERRORS, IamError } from '../../lambdas/protocol/errors';
import type { ErrorCode } from '../../lambdas/protocol/errors';
import { readQueryCall } from '../../lambdas/protocol/parameters';
import { decodeInput } from '../../lambdas/protocol/query';
import { describeOperation } from '../../lambdas/protocol/schema';
import type { OperationSchema, Shape } from '../../lambdas/protocol/schema';
import { IAM, STS, toHttpRequest } from './official-clients';
import { pythonHas, runPython } from './python';

/** The codec against botocore, whose serializers and parsers share nothing with those of the JavaScript clients. */

const GENERATE = `
import json, random, botocore.session, botocore.serialize
random.seed(20260101)
TEXTS = ['', 'a', ' a  b ', '<&>"\\'', 'é ሴ 😀', 'a\\nb\\tc', '%7B+%2B', 'x' * 40, '{"Version":"2012-10-17","a":"%3A"}']
def value(shape, depth=0):
    if shape.type_name == 'structure':
        names = list(shape.members)
        chosen = [n for n in names if n in shape.required_members or n == names[0] or random.random() < 0.7]
        return {n: value(shape.members[n], depth + 1) for n in chosen}
    if shape.type_name == 'list': return [value(shape.member, depth + 1) for _ in range(random.randrange(0, 3))]
    if shape.type_name == 'map': return {'k%d' % i: value(shape.value, depth + 1) for i in range(random.randrange(1, 3))}
    if shape.type_name == 'integer': return random.randrange(-2**31, 2**31)
    if shape.type_name == 'boolean': return random.random() < 0.5
    if shape.type_name == 'timestamp': return random.randrange(0, 4102444800)
    if shape.type_name == 'blob': return ''.join(random.choice('QUJD') for _ in range(4 * random.randrange(1, 5)))
    return random.choice(TEXTS)
cases = []
session = botocore.session.get_session()
for service in ('iam', 'sts'):
    model = session.get_service_model(service)
    serializer = botocore.serialize.create_serializer('query', include_validation=False)
    for name in model.operation_names:
        operation = model.operation_model(name)
        for _ in range(4):
            given = value(operation.input_shape) if operation.input_shape else {}
            request = serializer.serialize_to_request(given, operation)
            body = request['body']
            from urllib.parse import urlencode
            cases.append({'service': service, 'operation': name, 'input': given,
                'headers': dict(request['headers']), 'body': urlencode(body) if isinstance(body, dict) else body,
                'output': value(operation.output_shape) if operation.output_shape else {}})
print(json.dumps(cases))
`;

const PARSE = `
import base64, calendar, json, sys, botocore.session, botocore.parsers
from urllib.parse import unquote
parser = botocore.parsers.create_parser('query')
session = botocore.session.get_session()
models = {service: session.get_service_model(service) for service in ('iam', 'sts')}
def plain(shape, value):
    if shape.type_name == 'structure': return {n: plain(shape.members[n], v) for n, v in value.items()}
    if shape.type_name == 'list': return [plain(shape.member, v) for v in value]
    if shape.type_name == 'map': return {n: plain(shape.value, v) for n, v in value.items()}
    if shape.type_name == 'timestamp': return calendar.timegm(value.utctimetuple())
    if shape.type_name == 'blob': return base64.b64encode(value).decode()
    if shape.name == 'policyDocumentType': return unquote(value)
    return value
results = []
for answer in json.load(sys.stdin):
    shape = models[answer['service']].operation_model(answer['operation']).output_shape
    parsed = parser.parse({'status_code': answer['statusCode'], 'headers': answer['headers'], 'body': answer['body'].encode()}, shape)
    metadata = parsed.pop('ResponseMetadata')
    failed = answer['statusCode'] >= 300
    results.append({'requestId': metadata.get('RequestId'), 'parsed': parsed if failed or not shape else plain(shape, parsed)})
print(json.dumps(results))
`;

interface Case {
  readonly service: 'iam' | 'sts';
  readonly operation: string;
  readonly input: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly output: unknown;
}

interface Parsed {
  readonly requestId: string;
  readonly parsed: unknown;
}

const SERVICES = { iam: IAM, sts: STS };

function schemaOf({ service, operation }: Pick<Case, 'service' | 'operation'>): OperationSchema {
  const schema = SERVICES[service].schemas.get(operation);
  if (schema === undefined) {
    throw new TypeError(`no operation ${operation}`);
  }
  return schema;
}

/** Times and bytes, which JSON has no form for. */
function fromJson(shape: Shape | undefined, value: unknown): unknown {
  switch (shape?.kind) {
    case 'structure': {
      const members = new Map(shape.members().map((member) => [member.name, member.shape]));
      return mapValues(value, (item, name) => fromJson(members.get(name), item));
    }
    case 'list':
      return (value as unknown[]).map((item) => fromJson(shape.element(), item));
    case 'map':
      return mapValues(value, (item) => fromJson(shape.value(), item));
    case 'timestamp':
      return new Date((value as number) * 1000);
    case 'blob':
      return new Uint8Array(Buffer.from(value as string, 'base64'));
    case 'string':
    case 'integer':
    case 'boolean':
    case 'document':
    case undefined:
      return value;
  }
}

function mapValues(value: unknown, change: (item: unknown, name: string) => unknown) {
  return Object.fromEntries(
    Object.entries(value as object).map(([name, item]) => [name, change(item, name)]),
  );
}

(pythonHas('botocore') ? describe : describe.skip)('botocore', () => {
  let cases: readonly Case[] = [];

  beforeAll(() => {
    cases = runPython(GENERATE) as Case[];
  });

  test('takes part with every operation that it knows', () => {
    expect(new Set(cases.map((each) => each.operation)).size).toBeGreaterThanOrEqual(187);
  });

  test('sends what is decoded to its input', () => {
    for (const each of cases) {
      const { headers, body } = each;
      const request = toHttpRequest({ method: 'POST', path: '/', headers, body });
      const call = readQueryCall(request);
      expect(call.action).toBe(each.operation);
      expect([each.operation, decodeInput(schemaOf(each), call.parameters)]).toEqual([
        each.operation,
        each.input,
      ]);
    }
  });

  test('parses what is encoded', () => {
    const answers = cases.map((each) => ({
      ...each,
      ...encodeAnswer(
        { format: 'awsQuery', service: each.service },
        schemaOf(each),
        fromJson(describeOperation(schemaOf(each)).output, each.output) as Record<string, unknown>,
        'request-1',
      ),
    }));
    const parsed = runPython(PARSE, answers) as Parsed[];
    expect(parsed).toHaveLength(cases.length);
    parsed.forEach((result, index) => {
      const each = cases[index];
      expect([each?.operation, result]).toEqual([
        each?.operation,
        { requestId: 'request-1', parsed: each?.output },
      ]);
    });
  });

  test('parses every error to its code and message, and finds nothing else in it', () => {
    const codes = Object.keys(ERRORS) as ErrorCode[];
    const answers = codes.map((code) => ({
      service: 'iam',
      operation: 'GetUser',
      ...encodeError({ format: 'awsQuery', service: 'iam' }, new IamError(code, `<${code}>`), 'r'),
    }));
    const parsed = runPython(PARSE, answers) as Parsed[];
    expect(parsed).toEqual(
      codes.map((code) => ({
        requestId: 'r',
        parsed: { Error: { Type: ERRORS[code].fault, Code: code, Message: `<${code}>` } },
      })),
    );
  });
});
