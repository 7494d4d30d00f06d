import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { fetchSigned } from '../harness/signed-fetch';

const FORM = 'application/x-www-form-urlencoded; charset=utf-8';
const VERSION = 'Version=2010-05-08';

describe('bad input gets an error in the caller’s protocol', () => {
  let local: LocalProcess;

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral']);
  });
  afterAll(async () => {
    expect(await local.stop()).toBe(0);
  });

  async function post(body: string, contentType = FORM): Promise<{ status: number; text: string }> {
    const answer = await fetchSigned(`${local.admin}/iam`, {
      service: 'iam',
      credentials: ROOT_CREDENTIALS,
      body,
      headers: { 'content-type': contentType },
    });
    return { status: answer.status, text: await answer.text() };
  }

  const createPolicy = (document: string) =>
    post(
      `Action=CreatePolicy&${VERSION}&PolicyName=p&PolicyDocument=${encodeURIComponent(document)}`,
    );

  const statement = '"Effect":"Allow","Action":"s3:*","Resource":"*"';

  test.each([
    ['JSON that is not JSON', '{"Version":"2012-10-17",'],
    ['a duplicate member', `{"Version":"2012-10-17","Statement":[{${statement},"Effect":"Deny"}]}`],
    ['an unknown element', `{"Version":"2012-10-17","Statement":[{${statement},"Efect":"Deny"}]}`],
    ['no statement', '{"Version":"2012-10-17"}'],
  ])('a policy with %s is a MalformedPolicyDocument', async (_, document) => {
    const { status, text } = await createPolicy(document);
    expect(text).toContain('<Code>MalformedPolicyDocument</Code>');
    expect(status).toBe(400);
  });

  test('nothing of a refused policy is kept', async () => {
    const { text } = await post(`Action=ListPolicies&${VERSION}&Scope=Local`);
    expect(text).toMatch(/<Policies\s*\/>|<Policies><\/Policies>/);
  });

  test('an unknown action is an InvalidAction', async () => {
    const { status, text } = await post(`Action=MakeCoffee&${VERSION}`);
    expect(text).toContain('Could not find operation MakeCoffee for version 2010-05-08');
    expect(status).toBe(400);
  });

  test('a missing parameter is a ValidationError that names it', async () => {
    const { status, text } = await post(`Action=CreateUser&${VERSION}`);
    expect(text).toMatch(/<Code>ValidationError<\/Code>[^]*userName/);
    expect(status).toBe(400);
  });

  test('a parameter that comes twice is refused', async () => {
    const { status, text } = await post(`Action=CreateUser&${VERSION}&UserName=a&UserName=b`);
    expect(text).toContain('<Code>MalformedInput</Code>');
    expect(status).toBe(400);
  });

  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x'])(
    'a body of type %s is refused as XML, not as a fault of ours',
    async (contentType) => {
      const { status, text } = await post('{"Action":"ListUsers"}', contentType);
      expect(text).toMatch(/<ErrorResponse|"__type"|<Code>/);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    },
  );

  test('a body of 10 MB and more is too large', async () => {
    const { status } = await post(`Action=CreateUser&${VERSION}&UserName=${'a'.repeat(10 << 20)}`);
    expect(status).toBe(413);
  });

  test('a body between our limit and the gateway’s is too large, in XML', async () => {
    const { status, text } = await post(
      `Action=CreateUser&${VERSION}&UserName=${'a'.repeat(2 << 20)}`,
    );
    expect(status).toBe(413);
    expect(text).toContain('<ErrorResponse');
  });

  test('an unsigned call misses its token, and an unknown path is answered in XML', async () => {
    const unsigned = await fetch(`${local.admin}/iam`, {
      method: 'POST',
      headers: { 'content-type': FORM },
      body: `Action=ListUsers&${VERSION}`,
    });
    expect(unsigned.status).toBe(403);
    expect(await unsigned.text()).toContain('<Code>MissingAuthenticationToken</Code>');
    const unknown = await fetch(`${local.admin}/nowhere`, { method: 'POST' });
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).toContain('<ErrorResponse');
  });
});
