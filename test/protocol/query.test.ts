import fc from 'fast-check';

import { encodeAnswer, encodeError, protocolOf } from '../../lambdas/protocol/answers';
import { encodeRfc3986, ENCODED_POLICY_MEMBERS } from '../../lambdas/protocol/encoded-policies';
import { noSuchOperation } from '../../lambdas/protocol/error-messages';
import { IamError } from '../../lambdas/protocol/errors';
import type { HttpRequest } from '../../lambdas/protocol/http';
import { parseForm, readQueryCall } from '../../lambdas/protocol/parameters';
import { decodeInput, encodeOutput } from '../../lambdas/protocol/query';
import { parseTimestamp } from '../../lambdas/protocol/scalars';
import { describeOperation } from '../../lambdas/protocol/schema';
import type { OperationSchema } from '../../lambdas/protocol/schema';
import { escapeXml } from '../../lambdas/protocol/xml';
import { IAM, ORGANIZATIONS, STS, toHttpRequest } from './official-clients';
import type { OfficialService } from './official-clients';
import { pythonHas, runPython } from './python';

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };

const post = (body: string | Uint8Array, headers: Record<string, string> = form): HttpRequest =>
  toHttpRequest({ method: 'POST', path: '/', headers, body });

const get = (query: HttpRequest['query']): HttpRequest => ({
  ...toHttpRequest({ method: 'GET', path: '/', headers: {} }),
  query,
});

function schemaOf(service: OfficialService, operation: string): OperationSchema {
  const schema = service.schemas.get(operation);
  if (schema === undefined) {
    throw new TypeError(`no operation ${operation}`);
  }
  return schema;
}

const decode = (operation: string, body: string, service = IAM) =>
  decodeInput(
    schemaOf(service, operation),
    readQueryCall(post(`Action=${operation}&${body}`)).parameters,
  );

const refusedAs = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('a request of the Query protocol', () => {
  test('is read from a form', () => {
    const call = readQueryCall(post('Action=GetUser&Version=2010-05-08&UserName=a+b%2Bc%C3%A9'));
    expect(call).toMatchObject({ action: 'GetUser', version: '2010-05-08' });
    expect(call.parameters.children?.get('UserName')?.value).toBe('a b+cé');
  });

  test('is read from the query of a GET', () => {
    const call = readQueryCall(
      get([
        ['Action', 'GetCallerIdentity'],
        ['Version', '2011-06-15'],
      ]),
    );
    expect(call).toMatchObject({ action: 'GetCallerIdentity', version: '2011-06-15' });
  });

  test('is read from the query of a presigned POST without a body', () => {
    const request = {
      ...toHttpRequest({ method: 'POST', path: '/', headers: {} }),
      query: [
        ['Action', 'GetCallerIdentity'],
        ['X-Amz-Signature', '0'],
      ] as const,
    };
    expect(readQueryCall(request).action).toBe('GetCallerIdentity');
  });

  test('may have no version', () => {
    expect(readQueryCall(post('Action=GetUser')).version).toBeUndefined();
  });

  test.each(['', 'Version=2010-05-08', 'Action=', 'Action.x=GetUser', 'action=GetUser'])(
    'without an action is refused: %j',
    (body) => {
      expect(() => readQueryCall(post(body))).toThrow(refusedAs('MissingAction'));
    },
  );

  test.each([
    'Action=GetUser&UserName=a&UserName=b',
    'Action=GetUser&UserName=a&UserName=a',
    'Action=GetUser&Action=DeleteUser',
    'Action=GetUser&Other=1&Other=1',
    'Action=GetUser&User%4eame=a&UserName=b',
  ])('with a parameter given twice is refused: %s', (body) => {
    expect(() => readQueryCall(post(body))).toThrow(refusedAs('MalformedInput'));
  });

  test('with a parameter in its query and in its body is refused', () => {
    const request = { ...post('Action=DeleteUser'), query: [['Action', 'GetUser']] as const };
    expect(() => readQueryCall(request)).toThrow(refusedAs('MalformedInput'));
  });

  test.each(['%', '%2', '%zz', '%FF', '%C3', '%ED%A0%80'])(
    'that is not percent-encoded UTF-8 is refused: %s',
    (text) => {
      expect(() => readQueryCall(post(`Action=GetUser&UserName=${text}`))).toThrow(
        refusedAs('MalformedInput'),
      );
    },
  );

  test('whose body is not UTF-8 is refused', () => {
    const body = Buffer.concat([Buffer.from('Action=GetUser&UserName='), Buffer.from([0xff])]);
    expect(() => readQueryCall(post(body))).toThrow(refusedAs('MalformedInput'));
  });

  test.each<Record<string, string>>([
    { 'content-type': 'application/json' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'multipart/form-data' },
    {},
  ])('of another content type is refused: %j', (headers) => {
    expect(() => readQueryCall(post('Action=GetUser', headers))).toThrow(
      refusedAs('MalformedInput'),
    );
  });

  test('with a body in a GET is refused', () => {
    const request = { ...post('UserName=a'), method: 'GET' };
    expect(() => readQueryCall(request)).toThrow(refusedAs('MalformedInput'));
  });
});

describe('limits are checked before work', () => {
  test.each([
    ['bytes', () => post(`Action=GetUser&x=${'x'.repeat(1_048_576)}`), 'RequestEntityTooLarge'],
    ['parameters', () => post(`Action=GetUser${'&'.repeat(10_001)}`), 'MalformedInput'],
    [
      'parameters in a query',
      () => get(Array.from({ length: 10_001 }, (_, index) => [`p${index}`, ''] as const)),
      'MalformedInput',
    ],
    ['characters of a name', () => post(`Action=GetUser&${'x'.repeat(513)}=1`), 'MalformedInput'],
    ['dots in a name', () => post(`Action=GetUser&${'x.'.repeat(16)}x=1`), 'MalformedInput'],
  ])('%s', (_name, request, code) => {
    const started = performance.now();
    expect(() => readQueryCall(request())).toThrow(refusedAs(code));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test('a body of ten megabytes', () => {
    expect(() => readQueryCall(post(new Uint8Array(10_000_000)))).toThrow(
      refusedAs('RequestEntityTooLarge'),
    );
  });
});

describe('an input', () => {
  test('has nested lists in the order of their numbers, which may have gaps', () => {
    const body =
      'UserName=a&Tags.member.10.Key=c&Tags.member.10.Value=&Tags.member.2.Key=a&Tags.member.2.Value=b';
    expect(decode('TagUser', body)).toEqual({
      UserName: 'a',
      Tags: [
        { Key: 'a', Value: 'b' },
        { Key: 'c', Value: '' },
      ],
    });
  });

  test('has an empty list where its parameter is empty', () => {
    expect(decode('UntagUser', 'TagKeys=')).toEqual({ TagKeys: [] });
  });

  test('has no list where there is none, and an empty text where a member is empty', () => {
    expect(decode('UntagUser', 'TagKeys.member.1=')).toEqual({ TagKeys: [''] });
    expect(decode('UntagUser', '')).toEqual({});
  });

  test('ignores parameters that the operation does not have', () => {
    expect(decode('GetUser', 'Other=1&UserName.x=2&AWSAccessKeyId=3')).toEqual({});
  });

  test.each([
    'TagKeys=x',
    'TagKeys=&TagKeys.member.1=a',
    'TagKeys.member=x',
    'TagKeys.member.0=a',
    'TagKeys.member.01=a',
    'TagKeys.member.1=a&TagKeys.member.01=b',
    'TagKeys.member.-1=a',
    'TagKeys.member.x=a',
    'TagKeys.member.1.x=a',
    'TagKeys.member.10001=a',
    'TagKeys.member.99999999999999999999=a',
    'TagKeys.member.=a',
  ])('with the list %s is refused', (body) => {
    expect(() => decode('UntagUser', body)).toThrow(refusedAs('MalformedInput'));
  });

  test('of a hundred thousand names is not slow', () => {
    const body = Array.from({ length: 9_000 }, (_, index) => `TagKeys.member.${9_000 - index}=k`);
    const started = performance.now();
    expect(decode('UntagUser', body.join('&'))['TagKeys']).toHaveLength(9_000);
    expect(performance.now() - started).toBeLessThan(1000);
  });

  test.each([
    ['900', 900],
    ['+900', 900],
    ['0900', 900],
    ['-1', -1],
    ['-0', 0],
    ['2147483647', 2_147_483_647],
    ['-2147483648', -2_147_483_648],
  ])('has the number %s', (text, value) => {
    const input = decode('GetSessionToken', `DurationSeconds=${encodeURIComponent(text)}`, STS);
    expect(input).toEqual({ DurationSeconds: value });
  });

  test.each([
    '',
    ' 1',
    '1 ',
    'x',
    '1.0',
    '1e3',
    '0x10',
    '٣',
    'NaN',
    'Infinity',
    '2147483648',
    '-2147483649',
    '999999999999999999999',
  ])('does not have the number %j', (text) => {
    const body = `DurationSeconds=${encodeURIComponent(text)}`;
    expect(() => decode('GetSessionToken', body, STS)).toThrow(refusedAs('MalformedInput'));
  });

  test('has booleans in lower case', () => {
    expect(decode('ListPolicies', 'OnlyAttached=true')).toEqual({ OnlyAttached: true });
    expect(decode('ListPolicies', 'OnlyAttached=false')).toEqual({ OnlyAttached: false });
    for (const text of ['', 'True', 'TRUE', '1', 'yes', ' true']) {
      expect(() => decode('ListPolicies', `OnlyAttached=${encodeURIComponent(text)}`)).toThrow(
        refusedAs('MalformedInput'),
      );
    }
  });

  test('has no members that JavaScript made', () => {
    const input = decode('GetUser', '__proto__.UserName=x&constructor=y');
    expect(input).toEqual({});
    expect(input['UserName']).toBeUndefined();
  });
});

describe('times', () => {
  test.each([
    ['2026-01-31T00:00:00Z', Date.UTC(2026, 0, 31)],
    ['2026-01-31T00:00:00.5Z', Date.UTC(2026, 0, 31, 0, 0, 0, 500)],
    ['2026-01-31T02:30:00+02:30', Date.UTC(2026, 0, 31)],
    ['2026-01-30T23:00:00-01:00', Date.UTC(2026, 0, 31)],
    ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ])('%s', (text, time) => {
    expect(parseTimestamp(text, 'x').getTime()).toBe(time);
  });

  test.each([
    '2025-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01',
    '',
    '0',
  ])('not %j', (text) => {
    expect(() => parseTimestamp(text, 'x')).toThrow(refusedAs('MalformedInput'));
  });
});

test('a form is read as URLSearchParams reads it, where it is well-formed', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.string({ unit: 'binary', minLength: 1 }), fc.string({ unit: 'binary' })),
      ),
      (pairs) => {
        const text = new URLSearchParams(pairs).toString();
        expect(parseForm(text)).toEqual([...new URLSearchParams(text)]);
      },
    ),
  );
});

describe('the XML of an answer', () => {
  const user = {
    User: {
      CreateDate: new Date('2026-01-01T00:00:00.999Z'),
      UserName: 'a&b<c>"\'\n',
      Path: '/',
      UserId: 'AIDA',
      Arn: 'arn',
      Tags: [],
      Description: 'not a member',
      PasswordLastUsed: undefined,
    },
  };

  test('is what AWS sends: members in the order of the model, no declaration, times to the second', () => {
    expect(encodeOutput(schemaOf(IAM, 'GetUser'), user, 'request-1')).toBe(
      '<GetUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetUserResult><User><Path>/</Path>' +
        '<UserName>a&amp;b&lt;c&gt;&quot;&apos;&#xA;</UserName><UserId>AIDA</UserId><Arn>arn</Arn>' +
        '<CreateDate>2026-01-01T00:00:00Z</CreateDate><Tags/></User></GetUserResult>' +
        '<ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></GetUserResponse>',
    );
  });

  test('of an operation that returns nothing has no result', () => {
    expect(encodeOutput(schemaOf(IAM, 'DeleteUser'), undefined, 'request-1')).toBe(
      '<DeleteUserResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ResponseMetadata><RequestId>request-1</RequestId></ResponseMetadata></DeleteUserResponse>',
    );
  });

  test('of an operation whose result is empty has an empty result', () => {
    expect(encodeOutput(schemaOf(IAM, 'UpdateRole'), {}, 'r')).toContain('<UpdateRoleResult/>');
  });

  test('has lists, maps and blobs', () => {
    const summary = encodeOutput(
      schemaOf(IAM, 'GetAccountSummary'),
      { SummaryMap: { Users: 2 } },
      'r',
    );
    expect(summary).toContain(
      '<SummaryMap><entry><key>Users</key><value>2</value></entry></SummaryMap>',
    );
    const report = encodeOutput(
      schemaOf(IAM, 'GetCredentialReport'),
      { Content: Uint8Array.of(255, 254) },
      'r',
    );
    expect(report).toContain('<Content>//4=</Content>');
    const policies = encodeOutput(
      schemaOf(IAM, 'ListUserPolicies'),
      { PolicyNames: ['a', 'b'] },
      'r',
    );
    expect(policies).toContain('<PolicyNames><member>a</member><member>b</member></PolicyNames>');
  });

  test('has policy documents percent-encoded once', () => {
    const document = '{"Resource":"arn%3Aaws%3A*","a":"é !\'()"}';
    const xml = encodeOutput(
      schemaOf(IAM, 'GetUserPolicy'),
      { UserName: 'u', PolicyName: 'p', PolicyDocument: document },
      'r',
    );
    const encoded = /<PolicyDocument>(.*)<\/PolicyDocument>/.exec(xml)?.[1] ?? '';
    expect(encoded).toMatch(/^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*$/);
    expect(decodeURIComponent(encoded)).toBe(document);
  });

  test('has no policy document encoded in a request', () => {
    const input = decode('PutUserPolicy', `PolicyDocument=${encodeURIComponent('%7B%7D')}`);
    expect(input).toEqual({ PolicyDocument: '%7B%7D' });
  });

  test('never has a character that XML does not allow', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 0xd800, max: 0xdfff }),
        (text, unit) => {
          const escaped = escapeXml(text + String.fromCharCode(unit));
          expect(escaped).toMatch(/^[\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u);
          expect(escaped).not.toMatch(/[<>"']|&(?!amp;|lt;|gt;|quot;|apos;|#x[9AD];)/);
        },
      ),
    );
    expect(escapeXml('\u0000\u0001\u000B\uFFFE\uD800')).toBe('\uFFFD'.repeat(5));
    expect(encodeRfc3986('\uD800')).toBe('%EF%BF%BD');
  });

  test.each([
    ['GetUser', { User: 'x' }],
    ['GetUser', { User: [] }],
    ['GetUser', { User: { UserName: 1 } }],
    ['GetUser', { User: { CreateDate: '2026-01-01' } }],
    ['GetUser', { User: { Tags: {} } }],
    ['ListUsers', { IsTruncated: 'false' }],
    ['GetAccountSummary', { SummaryMap: { Users: '2' } }],
    ['GetCredentialReport', { Content: 'text' }],
  ])('is refused for an output of another type: %s %j', (operation, output) => {
    expect(() => encodeOutput(schemaOf(IAM, operation), output, 'r')).toThrow(TypeError);
  });
});

describe('an error', () => {
  const iam = { format: 'awsQuery', service: 'iam' } as const;

  test('has type, code and message, and nothing else', () => {
    expect(encodeError(iam, new IamError('NoSuchEntity', 'no <user>'), 'request-1')).toEqual({
      statusCode: 404,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': 'request-1' },
      body:
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>' +
        '<Message>no &lt;user&gt;</Message></Error><RequestId>request-1</RequestId></ErrorResponse>',
    });
  });

  test.each([new Error('the password is x'), 'text', undefined, { code: 'AccessDenied' }])(
    'that is not the caller’s fault is told without a detail',
    (error) => {
      const answer = encodeError(iam, error, 'request-1');
      expect(answer.statusCode).toBe(500);
      expect(answer.body).toContain('<Type>Receiver</Type><Code>ServiceFailure</Code>');
      expect(answer.body).not.toMatch(/password|AccessDenied/);
    },
  );

  test('of an unknown action is in the namespace of faults', () => {
    const { body } = encodeError(iam, noSuchOperation('X', undefined), 'r');
    expect(body).toContain('xmlns="http://webservices.amazon.com/AWSFault/2005-15-09"');
    expect(body).toContain('Could not find operation X for version NO_VERSION_SPECIFIED');
    expect(noSuchOperation('X', '').message).toBe(noSuchOperation('X', undefined).message);
    expect(noSuchOperation('X', '1').message).toBe('Could not find operation X for version 1');
  });
});

test('the service decides on the protocol, the Accept header on the form of the answer', () => {
  expect(protocolOf(post('{}'), 'organizations').format).toBe('awsJson');
  expect(protocolOf(post(''), 'iam')).toEqual({ format: 'awsQuery', service: 'iam' });
  const answer = encodeAnswer(
    { format: 'awsQuery', service: 'iam' },
    schemaOf(IAM, 'DeleteUser'),
    {},
    'r',
  );
  expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'text/xml' } });
});

describe('the shapes', () => {
  test.each([IAM, STS, ORGANIZATIONS])(
    'have every member and required member of the schemas',
    (service) => {
      for (const [name, schema] of service.schemas) {
        const shape = describeOperation(schema);
        expect(shape).toMatchObject({ name, service: service.service });
        const raw = (schema[4] as unknown as () => unknown)();
        const [members, required] = Array.isArray(raw)
          ? [raw[4] as string[], Number(raw[6] ?? 0)]
          : [[], 0];
        expect(shape.input.members().map((member) => member.name)).toEqual(members);
        expect(shape.input.members().filter((member) => member.required)).toHaveLength(required);
        expect(describeOperation(schema)).toBe(shape);
      }
    },
  );

  test('know what is secret', () => {
    const secret = (service: OfficialService, operation: string) =>
      describeOperation(schemaOf(service, operation))
        .input.members()
        .filter((member) => 'sensitive' in member.shape && member.shape.sensitive)
        .map((member) => member.name);
    expect(secret(IAM, 'ChangePassword')).toEqual(['OldPassword', 'NewPassword']);
    expect(secret(STS, 'AssumeRoleWithWebIdentity')).toEqual(['WebIdentityToken']);
    expect(secret(IAM, 'CreateUser')).toEqual([]);
  });

  test('of an unknown service are refused', () => {
    const schema = [9, 'com.example', 'X', 0, 'unit', 'unit'] as unknown as OperationSchema;
    expect(() => describeOperation(schema)).toThrow(TypeError);
  });
});

const botocore = pythonHas('botocore') ? test : test.skip;

botocore('the members that are percent-encoded are those which botocore decodes', () => {
  const found = runPython(`
import json, botocore.session
model = botocore.session.get_session().get_service_model('iam')
found = {}
def walk(shape, above):
    if shape.name in above: return
    above = above | {shape.name}
    if shape.type_name == 'list': return walk(shape.member, above)
    if shape.type_name != 'structure': return
    for name, member in shape.members.items():
        if member.name == 'policyDocumentType': found.setdefault(shape.name, set()).add(name)
        walk(member, above)
for name in model.operation_names:
    if model.operation_model(name).output_shape: walk(model.operation_model(name).output_shape, frozenset())
print(json.dumps({shape: sorted(members) for shape, members in found.items()}))
`);
  expect(found).toEqual(ENCODED_POLICY_MEMBERS);
});
