import fc from 'fast-check';

import { encodeAnswer, encodeError, protocolOf } from '../../lambdas/protocol/answers';
import { decodeJsonInput, readJsonCall } from '../../lambdas/protocol/aws-json-input';
import { ERRORS, IamError } from '../../lambdas/protocol/errors';
import type { ErrorCode } from '../../lambdas/protocol/errors';
import type { HttpRequest } from '../../lambdas/protocol/http';
import type { Structure } from '../../lambdas/protocol/query';
import { anyText, valueOf } from './generated-values';
import { commandFor, IAM, ORGANIZATIONS, STS, toHttpRequest } from './official-clients';

const RUNS = { numRuns: 3, seed: 20260101 };

const operations = [...ORGANIZATIONS.schemas];

test('every operation of Organizations takes part', () => {
  expect(operations.length).toBe(63);
});

async function requestOf(operation: string, input: unknown): Promise<HttpRequest> {
  const requests: HttpRequest[] = [];
  const client = ORGANIZATIONS.connect((request) => {
    requests.push(toHttpRequest(request));
    return { statusCode: 200, headers: {}, body: '{}' };
  });
  await client.send(commandFor(ORGANIZATIONS, operation, input));
  return requests[0] as HttpRequest;
}

test.each(operations)(
  '%s: what the official client sends is decoded to its input',
  async (operation, schema) => {
    const property = fc.asyncProperty(valueOf(schema[4], { text: anyText }), async (input) => {
      const call = readJsonCall(await requestOf(operation, input ?? {}), 'organizations');
      expect(call.action).toBe(operation);
      expect(decodeJsonInput(schema, call.body)).toEqual(input ?? {});
    });
    await fc.assert(property, RUNS);
  },
);

test.each(operations)(
  '%s: what is encoded is parsed by the official client',
  async (operation, schema) => {
    const property = fc.asyncProperty(valueOf(schema[5], { text: anyText }), async (output) => {
      const client = ORGANIZATIONS.connect((request) =>
        encodeAnswer(
          protocolOf(toHttpRequest(request), 'organizations'),
          schema,
          output as Structure | undefined,
          'request-1',
        ),
      );
      const { $metadata, ...parsed } = await client.send(commandFor(ORGANIZATIONS, operation, {}));
      expect($metadata).toMatchObject({ httpStatusCode: 200, requestId: 'request-1' });
      expect(parsed).toEqual(output ?? {});
    });
    await fc.assert(property, RUNS);
  },
);

test.each([...ORGANIZATIONS.errors.keys()])(
  '%s arrives as the exception that the client has for it',
  async (name) => {
    expect(Object.keys(ERRORS)).toContain(name);
    const client = ORGANIZATIONS.connect((request) =>
      encodeError(
        protocolOf(toHttpRequest(request), 'organizations'),
        new IamError(name as ErrorCode, 'a "message"', { Reason: 'INVALID_ENUM' }),
        'request-1',
      ),
    );
    const thrown: unknown = await client
      .send(commandFor(ORGANIZATIONS, 'DescribeOrganization', {}))
      .catch((error: unknown) => error);
    expect(thrown).toBeInstanceOf(ORGANIZATIONS.exports[name]);
    expect(thrown).toMatchObject({
      name,
      message: 'a "message"',
      Reason: 'INVALID_ENUM',
      $metadata: {
        httpStatusCode: name === 'ServiceException' ? 500 : 400,
        requestId: 'request-1',
      },
    });
  },
);

test.each([
  ['AccessDenied', 'AccessDeniedException', 400],
  ['SignatureDoesNotMatch', 'InvalidSignatureException', 400],
  ['InvalidClientTokenId', 'UnrecognizedClientException', 400],
  ['Throttling', 'ThrottlingException', 400],
  ['ValidationError', 'ValidationException', 400],
  ['ServiceUnavailable', 'ServiceUnavailableException', 503],
] as const)('%s is called %s in JSON', (code, name, statusCode) => {
  const answer = encodeError(
    { format: 'awsJson', service: 'organizations' },
    new IamError(code, 'why'),
    'request-1',
  );
  expect(answer).toEqual({
    statusCode,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': 'request-1' },
    body: JSON.stringify({ __type: name, Message: 'why' }),
  });
});

function call(body: string | Uint8Array, headers: Record<string, string> = {}): HttpRequest {
  const all = {
    'x-amz-target': 'AWSOrganizationsV20161128.ListAccounts',
    'content-type': 'application/x-amz-json-1.1',
    ...headers,
  };
  return toHttpRequest({ method: 'POST', path: '/', headers: all, body });
}

const refusedAs = (code: string): Error => expect.objectContaining({ code }) as Error;

describe('a request that is not awsJson1.1 is refused', () => {
  test.each([
    ['no JSON', '{'],
    ['a member given twice', '{"MaxResults":1,"MaxResults":2}'],
    ['a list', '[]'],
    ['no body', ''],
    ['too deep', '['.repeat(100)],
    ['invalid UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d)],
  ])('%s', (_name, body) => {
    expect(() => readJsonCall(call(body), 'organizations')).toThrow(refusedAs('MalformedInput'));
  });

  test.each(['ListAccounts', 'AWSOrganizationsV20161128', 'Other.ListAccounts', ''])(
    'the target %j',
    (target) => {
      expect(() => readJsonCall(call('{}', { 'x-amz-target': target }), 'organizations')).toThrow(
        refusedAs('InvalidAction'),
      );
    },
  );

  test('another content type', () => {
    const request = call('{}', { 'content-type': 'application/json' });
    expect(() => readJsonCall(request, 'organizations')).toThrow(refusedAs('MalformedInput'));
  });

  test('a body of more than a megabyte', () => {
    const request = call(' '.repeat(1_048_577));
    expect(() => readJsonCall(request, 'organizations')).toThrow(
      refusedAs('RequestEntityTooLarge'),
    );
  });

  test.each([
    ['ListAccounts', '{"MaxResults":"1"}'],
    ['ListAccounts', '{"MaxResults":1.5}'],
    ['ListAccounts', '{"MaxResults":2147483648}'],
    ['ListAccounts', '{"NextToken":1}'],
    ['TagResource', '{"Tags":{}}'],
    ['TagResource', '{"Tags":["a"]}'],
    ['TagResource', '{"Tags":[null]}'],
  ])('%s %s', (operation, body) => {
    const schema = ORGANIZATIONS.schemas.get(operation);
    const { body: node } = readJsonCall(call(body), 'organizations');
    expect(schema).toBeDefined();
    expect(() => schema && decodeJsonInput(schema, node)).toThrow(refusedAs('MalformedInput'));
  });
});

test('unknown members are ignored, and null counts as absent', () => {
  const schema = ORGANIZATIONS.schemas.get('ListAccounts');
  const { body } = readJsonCall(
    call('{"Other":1,"NextToken":null,"MaxResults":1}'),
    'organizations',
  );
  expect(schema && decodeJsonInput(schema, body)).toEqual({ MaxResults: 1 });
});

describe('a Query service answers in JSON to whoever asks for it', () => {
  const asking = (accept: string) =>
    protocolOf(toHttpRequest({ method: 'POST', path: '/', headers: { accept } }), 'sts').format;

  test.each([
    ['application/json', 'awsQueryJson'],
    ['application/json; q=1, */*', 'awsQueryJson'],
    ['text/xml, application/json', 'awsQuery'],
    ['*/*', 'awsQuery'],
    ['', 'awsQuery'],
  ])('Accept: %s', (accept, format) => {
    expect(asking(accept)).toBe(format);
  });

  test('with times as numbers', () => {
    const schema = STS.schemas.get('GetSessionToken');
    const output = {
      Credentials: {
        AccessKeyId: 'ASIA',
        SecretAccessKey: 's',
        SessionToken: 't',
        Expiration: new Date(1_700_000_000_000),
      },
    };
    const protocol = { format: 'awsQueryJson', service: 'sts' } as const;
    expect(schema && encodeAnswer(protocol, schema, output, 'request-1').body).toBe(
      '{"GetSessionTokenResponse":{"GetSessionTokenResult":{"Credentials":{"AccessKeyId":"ASIA","SecretAccessKey":"s","SessionToken":"t","Expiration":1700000000}},"ResponseMetadata":{"RequestId":"request-1"}}}',
    );
  });

  test('without a result where the operation has none', () => {
    const schema = IAM.schemas.get('DeleteUser');
    const protocol = { format: 'awsQueryJson', service: 'iam' } as const;
    expect(schema && encodeAnswer(protocol, schema, undefined, 'request-1').body).toBe(
      '{"DeleteUserResponse":{"ResponseMetadata":{"RequestId":"request-1"}}}',
    );
  });

  test('with errors, too', () => {
    const protocol = { format: 'awsQueryJson', service: 'sts' } as const;
    expect(encodeError(protocol, new IamError('ExpiredToken', 'why'), 'request-1')).toEqual({
      statusCode: 403,
      headers: { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1' },
      body: '{"Error":{"Code":"ExpiredToken","Message":"why","Type":"Sender"},"RequestId":"request-1"}',
    });
  });
});
