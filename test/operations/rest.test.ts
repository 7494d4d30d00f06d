import type { HttpResponse } from '../../lambdas/protocol/http';
import { deployAdmin, type AdminDeployment } from './deployment';
import { HARMLESS, Scenery } from './scenery';
import { signedRequest, unsignedRequest, type UnsignedRequest } from './signed-requests';

let deployment: AdminDeployment;
let scenery: Scenery;

beforeAll(async () => {
  deployment = await deployAdmin();
  scenery = new Scenery(deployment.iam());
});

afterAll(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

async function ask(request: UnsignedRequest): Promise<HttpResponse> {
  const contentType = request.body === undefined ? '' : 'application/json';
  const signed = await signedRequest({ contentType, ...request });
  return deployment.handle(request.service === 'sts' ? 'sts' : 'iam', signed);
}

/** The error of an answer; fails for anything else. */
function errorOf({ body, headers, statusCode }: HttpResponse) {
  expect(headers['content-type']).toBe('application/json');
  const error = JSON.parse(body) as { code: string; message: string; requestId: string };
  expect(Object.keys(error)).toEqual(['code', 'message', 'requestId']);
  expect(error.requestId).toBe(headers['x-amzn-requestid']);
  return { statusCode, code: error.code, message: error.message };
}

const jsonOf = ({ body }: HttpResponse) => JSON.parse(body) as Record<string, unknown>;

describe('a REST call', () => {
  test('makes, shows and deletes a user in AWS’s words', async () => {
    const body = JSON.stringify({ UserName: 'alice', Tags: [{ Key: 'team', Value: 'blue' }] });
    const made = await ask({ path: '/iam/users', body });
    expect(made.statusCode).toBe(200);
    const shown = await ask({ method: 'GET', path: '/prod/iam/users/alice' });
    expect(jsonOf(shown)).toEqual({
      User: {
        Path: '/',
        UserName: 'alice',
        UserId: expect.stringMatching(/^AIDA/) as unknown,
        Arn: 'arn:aws:iam::123456789012:user/alice',
        CreateDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as unknown,
        Tags: [{ Key: 'team', Value: 'blue' }],
      },
    });
    const untagged = await ask({
      method: 'DELETE',
      path: '/iam/users/alice/tags',
      query: { TagKeys: ['team', 'cost'] },
    });
    expect(untagged).toMatchObject({ statusCode: 200, body: '{}' });
    expect((await ask({ method: 'DELETE', path: '/iam/users/alice' })).statusCode).toBe(200);
    expect(errorOf(await ask({ method: 'GET', path: '/iam/users/alice' }))).toEqual({
      statusCode: 404,
      code: 'NoSuchEntity',
      message: 'The user with name alice cannot be found.',
    });
  });

  test('takes an ARN in its path, and shows a policy as the text that it is', async () => {
    const arn = encodeURIComponent(await scenery.policy());
    const shown = await ask({ method: 'GET', path: `/iam/policies/${arn}/versions/v1` });
    expect(jsonOf(shown)).toMatchObject({ PolicyVersion: { Document: HARMLESS } });
    const UserName = await scenery.user();
    const path = `/iam/users/${UserName}/attached-policies`;
    expect(await ask({ method: 'PUT', path: `${path}/${arn}` })).toMatchObject({ body: '{}' });
    expect(jsonOf(await ask({ method: 'GET', path }))).toMatchObject({
      AttachedPolicies: [{ PolicyArn: decodeURIComponent(arn) }],
    });
  });

  test('goes on with a list where the page before ended', async () => {
    for (let made = 0; made < 3; made += 1) await scenery.user('/paged/');
    const names: unknown[] = [];
    let marker: string | undefined;
    do {
      const query = { PathPrefix: '/paged/', MaxItems: '2', ...(marker && { Marker: marker }) };
      const page = jsonOf(await ask({ method: 'GET', path: '/iam/users', query }));
      names.push(...(page['Users'] as unknown[]));
      marker = page['Marker'] as string | undefined;
    } while (marker !== undefined);
    expect(names).toHaveLength(3);
  });

  test('may be signed for the gateway, which a Query call may not', async () => {
    const rest = { method: 'GET', path: '/iam/users', signedFor: 'execute-api' };
    expect((await ask(rest)).statusCode).toBe(200);
    const query = { path: '/iam', query: { Action: 'ListUsers', Version: '2010-05-08' } };
    expect((await ask({ ...query, method: 'GET' })).statusCode).toBe(200);
    const refused = await ask({ ...query, method: 'GET', signedFor: 'execute-api' });
    expect(refused.statusCode).toBe(403);
    expect(refused.body).toContain('<Code>SignatureDoesNotMatch</Code>');
    expect(errorOf(await ask({ ...rest, signedFor: 's3' }))).toMatchObject({
      statusCode: 403,
      code: 'SignatureDoesNotMatch',
    });
  });

  test('works for STS as well', async () => {
    const identity = await ask({ service: 'sts', method: 'GET', path: '/sts/caller-identity' });
    expect(jsonOf(identity)).toMatchObject({ Account: '123456789012' });
  });

  test('reaches a user whose name is that of the service', async () => {
    await ask({ path: '/iam/users', body: '{"UserName":"iam"}' });
    const shown = await ask({ method: 'GET', path: '/iam/users/iam' });
    expect(jsonOf(shown)).toMatchObject({ User: { UserName: 'iam' } });
  });
});

describe('a REST call that is none is refused in JSON, and nothing happens', () => {
  const users = { path: '/iam/users' };
  const CASES: readonly (readonly [string, UnsignedRequest, number, string])[] = [
    ['to no route', { method: 'GET', path: '/iam/coffee' }, 400, 'InvalidAction'],
    ['with another method', { method: 'PUT', path: '/iam/users' }, 400, 'InvalidAction'],
    ['with an empty segment', { method: 'GET', path: '/iam//users' }, 400, 'InvalidAction'],
    ['with a dot segment', { method: 'GET', path: '/iam/x/../users' }, 400, 'InvalidAction'],
    ['with a slash at its end', { method: 'GET', path: '/iam/users/' }, 400, 'InvalidAction'],
    ['with a broken path', { method: 'GET', path: '/iam/users/%zz' }, 400, 'MalformedInput'],
    ['with bytes for text', { method: 'GET', path: '/iam/users/%ff' }, 400, 'MalformedInput'],
    ['with a strange name', { method: 'GET', path: '/iam/users/%00' }, 400, 'ValidationError'],
    ['without a required member', { ...users, body: '{}' }, 400, 'ValidationError'],
    ['without a body', users, 400, 'ValidationError'],
    ['with no JSON', { ...users, body: '{"UserName":' }, 400, 'MalformedInput'],
    ['with a list', { ...users, body: '[]' }, 400, 'MalformedInput'],
    ['with null', { ...users, body: '{"UserName":null}' }, 400, 'MalformedInput'],
    ['with a number for text', { ...users, body: '{"UserName":1}' }, 400, 'MalformedInput'],
    ['with an unknown member', { ...users, body: '{"UserName":"x","A":1}' }, 400, 'MalformedInput'],
    [
      'with an unknown member below',
      { ...users, body: '{"UserName":"x","Tags":[{"Key":"a","Value":"b","C":1}]}' },
      400,
      'MalformedInput',
    ],
    [
      'with a member that JavaScript knows',
      { ...users, body: '{"UserName":"x","__proto__":{}}' },
      400,
      'MalformedInput',
    ],
    [
      'with a member twice',
      { ...users, body: '{"UserName":"x","UserName":"y"}' },
      400,
      'MalformedInput',
    ],
    [
      'with a member in path and body',
      { method: 'PATCH', path: '/iam/users/x', body: '{"UserName":"y"}' },
      400,
      'MalformedInput',
    ],
    [
      'with a member in path and query',
      { method: 'GET', path: '/iam/users/x', query: { UserName: 'y' } },
      400,
      'MalformedInput',
    ],
    [
      'with a query besides its body',
      { ...users, query: { Path: '/a/' }, body: '{"UserName":"x"}' },
      400,
      'MalformedInput',
    ],
    [
      'with an unknown parameter',
      { method: 'GET', path: '/iam/users', query: { Action: 'DeleteUser' } },
      400,
      'MalformedInput',
    ],
    [
      'with a parameter twice',
      { method: 'GET', path: '/iam/users', query: { MaxItems: ['1', '2'] } },
      400,
      'MalformedInput',
    ],
    [
      'with a word for a number',
      { method: 'GET', path: '/iam/users', query: { MaxItems: 'ten' } },
      400,
      'MalformedInput',
    ],
    [
      'with a body where none belongs',
      { method: 'DELETE', path: '/iam/users/x', body: '{}' },
      400,
      'MalformedInput',
    ],
    [
      'with a form',
      { ...users, body: 'UserName=x', contentType: 'application/x-www-form-urlencoded' },
      400,
      'MalformedInput',
    ],
    [
      'with a body that is too large',
      { ...users, body: `{"UserName":"${'x'.repeat(1_100_000)}"}` },
      413,
      'RequestEntityTooLarge',
    ],
  ];

  test.each(CASES)('%s', async (_, request, statusCode, code) => {
    expect(errorOf(await ask(request))).toMatchObject({ statusCode, code });
  });

  test.each(['/iam/users', '/iam/coffee'])('without a signature, at %s', async (path) => {
    const answer = await deployment.handle('iam', unsignedRequest({ method: 'GET', path }));
    expect(errorOf(answer)).toMatchObject({ statusCode: 403, code: 'MissingAuthenticationToken' });
  });

  test('and no user was made by any of them', async () => {
    const listed = jsonOf(await ask({ method: 'GET', path: '/iam/users' }));
    const names = (listed['Users'] as { UserName: string }[]).map(({ UserName }) => UserName);
    expect(names.filter((name) => name === 'x' || name === 'y')).toEqual([]);
  });
});
