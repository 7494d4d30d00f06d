import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CreateOpenIDConnectProviderCommand, IAMClient } from '@aws-sdk/client-iam';
import { STSClient } from '@aws-sdk/client-sts';
import { createTestKey, IssuerServer } from '../credentials/oidc/issuer-server';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { prepareTerraform } from '../harness/terraform';
import { ACCOUNT, type Credentials } from '../operations/deployment';
import { allow, StsScenery } from '../sts/sts-scenery';

/* Terraform as a role, by `assume_role` and by `assume_role_with_web_identity` of its provider. */

const CLIENT_ID = 'terraform';
const SUBJECT = 'pipeline:main';

const { isPrepared, folder, run } = prepareTerraform(path.join(__dirname, 'terraform-roles'));
const describeWithProvider = isPrepared ? describe : describe.skip;

describeWithProvider('Terraform works as a role', () => {
  let local: LocalProcess;
  let issuer: IssuerServer;
  let caller: Credentials;
  const clients: { destroy: () => void }[] = [];

  function keep<Client extends { destroy: () => void }>(client: Client): Client {
    clients.push(client);
    return client;
  }

  function createScenery(): StsScenery {
    const configuration = (service: string, credentials: Credentials = ROOT_CREDENTIALS) => ({
      endpoint: `${local.admin}/${service}`,
      region: 'us-east-1',
      credentials,
    });
    return new StsScenery({
      iam: (credentials) => keep(new IAMClient(configuration('iam', credentials))),
      sts: (credentials) => keep(new STSClient(configuration('sts', credentials))),
    });
  }

  /** A role that may do everything, for whoever comes with all that the provider's block says. */
  const makerOf = (scenery: StsScenery, userArn: string): Promise<string> =>
    scenery.role(
      [
        {
          ...allow({ AWS: userArn }, 'sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'),
          Condition: {
            StringEquals: {
              'sts:ExternalId': 'terraform',
              'sts:SourceIdentity': 'pipeline',
              'aws:RequestTag/team': 'blue',
            },
          },
        },
      ],
      { RoleName: 'maker', allow: { Effect: 'Allow', Action: '*', Resource: '*' } },
    );

  /** A role for whom the issuer says, and a token of this issuer in a file. */
  async function federate(scenery: StsScenery): Promise<{ role: string; tokenFile: string }> {
    const key = await createTestKey('one', 'RS256');
    issuer.keys = [key.publicJwk];
    const { OpenIDConnectProviderArn: Federated } = await scenery.root.send(
      new CreateOpenIDConnectProviderCommand({ Url: issuer.issuer, ClientIDList: [CLIENT_ID] }),
    );
    const trust = {
      ...allow({ Federated }, 'sts:AssumeRoleWithWebIdentity'),
      Condition: { StringEquals: { [`${issuer.url}:sub`]: SUBJECT } },
    };
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: SUBJECT, aud: CLIENT_ID, iat: now, exp: now + 600 };
    const tokenFile = path.join(folder, 'token');
    writeFileSync(tokenFile, await issuer.sign(key, claims));
    return { role: await scenery.role([trust], { RoleName: 'pipeline' }), tokenFile };
  }

  beforeAll(async () => {
    [local, issuer] = await Promise.all([startLocalProcess(['--ephemeral']), IssuerServer.start()]);
    const scenery = createScenery();
    const { UserName, credentials } = await scenery.caller();
    caller = credentials;
    const { role, tokenFile } = await federate(scenery);
    const variables = {
      admin_endpoint: local.admin,
      role: await makerOf(scenery, await scenery.userArn(UserName)),
      federated_role: role,
      token_file: tokenFile,
    };
    writeFileSync(path.join(folder, 'terraform.tfvars.json'), JSON.stringify(variables));
  });
  afterAll(async () => {
    clients.forEach((client) => {
      client.destroy();
    });
    rmSync(folder, { recursive: true });
    await issuer.stop();
    expect(await local.stop()).toBe(0);
  });

  test('with the session policy, tags, source identity and external id of its provider', async () => {
    expect(await run(['apply', '-no-color', '-auto-approve'], caller)).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    const { stdout } = await run(['output', '-json'], caller);
    const outputs = JSON.parse(stdout) as Record<string, { value: unknown }>;
    expect(
      Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
    ).toEqual({
      assumed: `arn:aws:sts::${ACCOUNT}:assumed-role/maker/terraform`,
      federated: `arn:aws:sts::${ACCOUNT}:assumed-role/pipeline/federated`,
      made: `arn:aws:iam::${ACCOUNT}:user/blue/made`,
    });
  });

  test('and is refused what the session’s policy does not allow', async () => {
    const { exitCode, stderr } = await run(
      ['apply', '-no-color', '-auto-approve', '-refresh=false', '-var=path=/green/'],
      caller,
    );
    expect(exitCode).toBe(1);
    expect(stderr.replaceAll(/\s+│?\s*/g, ' ')).toContain(
      'because no session policy allows the iam:UpdateUser action',
    );
  });

  test('and is refused the role without its external id', async () => {
    const { exitCode, stderr } = await run(
      ['plan', '-no-color', '-var=external_id=another'],
      caller,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('AccessDenied');
  });
});
