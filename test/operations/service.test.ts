import type { HttpResponse } from '../../lambdas/protocol/http';
import { StoreUnavailable, type Store } from '../../lambdas/store/store';
import type { MemoryStore } from '../../lambdas/store/memory-store';
import { deployAdmin, ROOT, type AdminDeployment } from './deployment';
import { Scenery } from './scenery';
import { signedRequest, unsignedRequest, type UnsignedRequest } from './signed-requests';

let deployment: AdminDeployment;

beforeAll(async () => {
  deployment = await deployAdmin();
});

afterAll(async () => {
  await deployment.close();
});

async function ask(request: UnsignedRequest): Promise<HttpResponse> {
  const service = request.service === 'sts' ? 'sts' : 'iam';
  return deployment.handle(service, await signedRequest(request));
}

const LIST_USERS = 'Action=ListUsers&Version=2010-05-08';

/** Code and message of an error in AWS's XML; fails for any other text. */
function errorIn({ body, headers }: HttpResponse): { code: string; message: string; type: string } {
  expect(headers['content-type']).toBe('text/xml');
  const match =
    /^<ErrorResponse xmlns="[^"]+"><Error><Type>(\w+)<\/Type><Code>(\w+)<\/Code><Message>([^<]*)<\/Message><\/Error><RequestId>[\w-]+<\/RequestId><\/ErrorResponse>\s*$/.exec(
      body.replace(/>\s+</g, '><'),
    );
  if (match === null) throw new Error(`not an error: ${body}`);
  return {
    type: String(match[1]),
    code: String(match[2]),
    message: String(match[3]).replaceAll('&apos;', "'"),
  };
}

describe("a request that is no proper call is answered in AWS's XML", () => {
  const CASES: readonly (readonly [string, UnsignedRequest, number, string])[] = [
    ['without an action', { body: 'Version=2010-05-08' }, 400, 'MissingAction'],
    ['without a body', {}, 400, 'MissingAction'],
    ['with an unknown action', { body: 'Action=Nope&Version=2010-05-08' }, 400, 'InvalidAction'],
    ['without a version', { body: 'Action=ListUsers' }, 400, 'InvalidAction'],
    [
      'with the version of another service',
      { body: 'Action=ListUsers&Version=2011-06-15' },
      400,
      'InvalidAction',
    ],
    [
      'with an action of another service',
      { body: 'Action=GetCallerIdentity&Version=2010-05-08' },
      400,
      'InvalidAction',
    ],
    ['in JSON', { body: '{"a":1}', contentType: 'application/json' }, 400, 'MalformedInput'],
    ['without a content type', { body: LIST_USERS, contentType: '' }, 400, 'MalformedInput'],
    ['that says a thing twice', { body: `${LIST_USERS}&Action=GetUser` }, 400, 'MalformedInput'],
    ['with a word for a number', { body: `${LIST_USERS}&MaxItems=ten` }, 400, 'MalformedInput'],
    ['with a broken escape', { body: `${LIST_USERS}&PathPrefix=%zz` }, 400, 'MalformedInput'],
    ['to another path', { body: LIST_USERS, path: '/iamx' }, 400, 'InvalidAction'],
    ['by PUT', { body: LIST_USERS, method: 'PUT' }, 400, 'MalformedInput'],
    ['by a browser', { method: 'GET', accept: 'text/html' }, 400, 'MissingAction'],
    [
      'signed for another service',
      { body: LIST_USERS, service: 'sts', path: '/iam' },
      403,
      'SignatureDoesNotMatch',
    ],
    [
      'with a body of 10 MB',
      { body: `${LIST_USERS}&PathPrefix=${'x'.repeat(10_000_000)}` },
      413,
      'RequestEntityTooLarge',
    ],
  ];

  test.each(CASES)('%s', async (_name, request, statusCode, code) => {
    const signed = await signedRequest(request);
    const answer = await deployment.handle('iam', signed);
    expect({ statusCode: answer.statusCode, ...errorIn(answer) }).toMatchObject({
      statusCode,
      code,
      type: 'Sender',
    });
  });

  test('without a signature', async () => {
    const answer = await deployment.handle('iam', unsignedRequest({ body: LIST_USERS }));
    expect(answer.statusCode).toBe(403);
    expect(errorIn(answer).code).toBe('MissingAuthenticationToken');
  });

  test('with a signature of an hour ago', async () => {
    const answer = await ask({ body: LIST_USERS, signedAt: Date.now() - 3_600_000 });
    expect(answer.statusCode).toBe(403);
    expect(errorIn(answer).message).toMatch(/^Signature expired: /);
  });

  test('none of them is a fault of ours', () => {
    expect(deployment.failures).toEqual([]);
  });
});

describe('a proper call', () => {
  test('may come by GET, with everything in the query', async () => {
    const query = { Action: 'ListUsers', Version: '2010-05-08' };
    const answer = await ask({ method: 'GET', query });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain(
      '<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">',
    );
  });

  test.each(['/iam', '/iam/', '/prod/iam', '/iam/iam'])('may come to %s', async (path) => {
    expect((await ask({ body: LIST_USERS, path })).statusCode).toBe(200);
  });

  test('is told all that is wrong with its parameters at once, before anything is decided', async () => {
    const nobody = await new Scenery(deployment.iam()).caller();
    const answer = await ask({
      body: 'Action=CreateUser&Version=2010-05-08&Tags.member.1.Key=a',
      credentials: nobody.credentials,
    });
    expect(errorIn(answer)).toEqual({
      type: 'Sender',
      code: 'ValidationError',
      message:
        '2 validation errors detected: ' +
        "Value null at 'userName' failed to satisfy constraint: Member must not be null; " +
        "Value null at 'tags.1.member.value' failed to satisfy constraint: Member must not be null",
    });
  });
});

describe('an outage', () => {
  async function deployWith(fail: (store: MemoryStore) => Store): Promise<AdminDeployment> {
    return deployAdmin({ intercept: fail });
  }

  test('of the store is a ServiceUnavailable, never a denial and never an answer', async () => {
    const broken = await deployWith((store) => ({
      get: () => Promise.reject(new StoreUnavailable('the table is gone')),
      getMany: (keys) => store.getMany(keys),
      query: (...query) => store.query(...query),
      transact: (...write) => store.transact(...write),
    }));
    const answer = await broken.handle('iam', await signedRequest({ body: LIST_USERS }));
    expect(answer.statusCode).toBe(503);
    expect(errorIn(answer)).toMatchObject({ type: 'Receiver', code: 'ServiceUnavailable' });
    await broken.close();
  });

  test('of any other kind is a ServiceFailure, whose cause is logged and not told', async () => {
    const broken = await deployWith((store) => ({
      get: (key) => {
        if (key.sort !== 'AccessKey') throw new TypeError('a secret detail');
        return store.get(key);
      },
      getMany: (keys) => store.getMany(keys),
      query: (...query) => store.query(...query),
      transact: (...write) => store.transact(...write),
    }));
    const body = 'Action=GetUser&Version=2010-05-08&UserName=alice';
    const answer = await broken.handle('iam', await signedRequest({ body }));
    expect(answer.statusCode).toBe(500);
    expect(errorIn(answer).code).toBe('ServiceFailure');
    expect(answer.body).not.toContain('secret detail');
    expect(broken.failures).toMatchObject([
      { level: 'ERROR', service: 'iam', errorName: 'TypeError', errorMessage: 'a secret detail' },
    ]);
    expect(JSON.stringify(broken.failures)).not.toContain(ROOT.secretAccessKey);
    await broken.close();
  });
});
