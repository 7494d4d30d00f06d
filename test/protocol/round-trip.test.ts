import fc from 'fast-check';

import { encodeAnswer, encodeError, protocolOf } from '../../lambdas/protocol/answers';
import { ENCODED_POLICY_MEMBERS } from '../../lambdas/protocol/encoded-policies';
import { ERRORS, IamError } from '../../lambdas/protocol/errors';
import type { ErrorCode } from '../../lambdas/protocol/errors';
import { readQueryCall } from '../../lambdas/protocol/parameters';
import { decodeInput } from '../../lambdas/protocol/query';
import type { Structure } from '../../lambdas/protocol/query';
import { anyText, valueOf, xmlText } from './generated-values';
import { commandFor, IAM, STS, toHttpRequest } from './official-clients';
import type { OfficialService, WireAnswer } from './official-clients';

const RUNS = { numRuns: 3, seed: 20260101 };

const cases = [IAM, STS].flatMap((service) =>
  [...service.schemas].map(
    ([operation, schema]) =>
      [`${service.service} ${operation}`, { service, operation, schema }] as const,
  ),
);

/** Decodes what the official client does not: the policy documents that AWS percent-encodes in XML. */
function decodePolicies(schema: unknown, value: unknown): unknown {
  const target = typeof schema === 'function' ? (schema as () => unknown)() : schema;
  if (!Array.isArray(target) || value === undefined || value === null) {
    return value;
  }
  if (target[0] === 1) {
    return (value as unknown[]).map((item) => decodePolicies(target[4], item));
  }
  if (target[0] !== 3) {
    return value;
  }
  const encoded = ENCODED_POLICY_MEMBERS[target[2] as string] ?? [];
  return Object.fromEntries(
    Object.entries(value).map(([name, item]: [string, unknown]) => {
      const position = (target[4] as string[]).indexOf(name);
      return [
        name,
        encoded.includes(name)
          ? decodeURIComponent(item as string)
          : decodePolicies((target[5] as unknown[])[position], item),
      ];
    }),
  );
}

const answered: WireAnswer = { statusCode: 200, headers: {}, body: '' };

async function requestOf(service: OfficialService, operation: string, input: unknown) {
  const requests: Parameters<typeof toHttpRequest>[0][] = [];
  const client = service.connect((request) => {
    requests.push(request);
    return answered;
  });
  await client.send(commandFor(service, operation, input));
  return toHttpRequest(requests[0] as Parameters<typeof toHttpRequest>[0]);
}

test('every operation of IAM and STS takes part', () => {
  expect(IAM.schemas.size).toBe(180);
  expect(STS.schemas.size).toBe(11);
});

test.each(cases)(
  '%s: what the official client sends is decoded to its input',
  async (_name, it) => {
    const property = fc.asyncProperty(valueOf(it.schema[4], { text: anyText }), async (input) => {
      const request = await requestOf(it.service, it.operation, input ?? {});
      const call = readQueryCall(request);
      expect(call.action).toBe(it.operation);
      expect(decodeInput(it.schema, call.parameters)).toEqual(input ?? {});
    });
    await fc.assert(property, RUNS);
  },
);

test.each(cases)('%s: what is encoded is parsed by the official client', async (_name, it) => {
  const property = fc.asyncProperty(valueOf(it.schema[5], { text: xmlText }), async (output) => {
    const client = it.service.connect((request) =>
      encodeAnswer(
        protocolOf(toHttpRequest(request), it.service.service),
        it.schema,
        output as Structure | undefined,
        'request-1',
      ),
    );
    const { $metadata, ...parsed } = await client.send(commandFor(it.service, it.operation, {}));
    expect($metadata).toMatchObject({ httpStatusCode: 200, requestId: 'request-1' });
    expect(decodePolicies(it.schema[5], parsed)).toEqual(output ?? {});
  });
  await fc.assert(property, RUNS);
});

const errors = [IAM, STS].flatMap((service) =>
  [...service.errors].map(([name, schema]) => {
    const traits = schema[3] as { awsQueryError?: [string, number]; httpError: number };
    return [
      `${service.service} ${name}`,
      {
        service,
        name,
        code: (traits.awsQueryError?.[0] ?? name) as ErrorCode,
        status: traits.httpError,
      },
    ] as const;
  }),
);

test.each(errors)('%s arrives as the exception that the client has for it', async (_name, it) => {
  expect(Object.keys(ERRORS)).toContain(it.code);
  const client = it.service.connect((request) =>
    encodeError(
      protocolOf(toHttpRequest(request), it.service.service),
      new IamError(it.code, 'a "quoted" <message> & more'),
      'request-1',
    ),
  );
  const operation = it.service === IAM ? 'GetUser' : 'GetCallerIdentity';
  const thrown: unknown = await client
    .send(commandFor(it.service, operation, {}))
    .catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(it.service.exports[it.name]);
  expect(thrown).toMatchObject({
    name: it.name,
    message: 'a "quoted" <message> & more',
    $metadata: { httpStatusCode: it.status, requestId: 'request-1' },
  });
});
