import { generateKeyPairSync } from 'node:crypto';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  CreateSAMLProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  DeleteSAMLProviderCommand,
  GetOpenIDConnectProviderCommand,
  GetSAMLProviderCommand,
  ListOpenIDConnectProvidersCommand,
  ListSAMLProvidersCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
  UpdateSAMLProviderCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { samlProviderKey } from '../../lambdas/store/keys';
import { samlMetadata } from '../credentials/saml-metadata-documents';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';
import { makeOidcProvider, makeSamlProvider } from './provider-cases';

let deployment: AdminDeployment;
let scenery: Scenery;
let root: IAMClient;

beforeEach(async () => {
  deployment = await deployAdmin();
  scenery = new Scenery(deployment.iam());
  ({ root } = scenery);
});

afterEach(async () => {
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});

describe('OIDC providers', () => {
  const Url = 'https://token.actions.githubusercontent.com';

  test('a provider comes back as it was made, its URL without the scheme', async () => {
    const { OpenIDConnectProviderArn, Tags } = await root.send(
      new CreateOpenIDConnectProviderCommand({
        Url,
        ClientIDList: ['sts.amazonaws.com'],
        ThumbprintList: ['A'.repeat(40)],
      }),
    );
    expect(OpenIDConnectProviderArn).toBe(
      `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
    );
    expect(Tags).toBeUndefined();
    const got = await root.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    expect(got).toMatchObject({
      Url: 'token.actions.githubusercontent.com',
      ClientIDList: ['sts.amazonaws.com'],
      ThumbprintList: ['a'.repeat(40)],
    });
    const { OpenIDConnectProviderList } = await root.send(new ListOpenIDConnectProvidersCommand());
    expect(OpenIDConnectProviderList).toEqual([{ Arn: OpenIDConnectProviderArn }]);
  });

  test('there is one provider of an issuer, in whatever case its host is written', async () => {
    await root.send(new CreateOpenIDConnectProviderCommand({ Url }));
    const upper = 'https://TOKEN.actions.githubusercontent.com';
    const again = root.send(new CreateOpenIDConnectProviderCommand({ Url: upper }));
    expect(await refusal(again)).toEqual({
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
      message: `Provider with url ${upper} already exists.`,
    });
    await root.send(new CreateOpenIDConnectProviderCommand({ Url: `${Url}/Tenant` }));
    await root.send(new CreateOpenIDConnectProviderCommand({ Url: `${Url}/tenant` }));
  });

  test.each([
    'http://idp.example.com',
    'idp.example.com',
    'https://idp.example.com:8443',
    'https://user@idp.example.com',
    'https://idp.example.com?tenant=1',
    'https://idp.example.com#a',
    'https://idp.example.com/a/../b',
    'https://-idp.example.com',
    'https://idp..example.com',
    'https://',
  ])('%s is no issuer', async (wrong) => {
    const call = root.send(new CreateOpenIDConnectProviderCommand({ Url: wrong }));
    expect(await refusal(call)).toMatchObject({
      statusCode: 400,
      code: 'ValidationError',
      message: 'Invalid Open ID Connect Provider URL',
    });
  });

  test('client ids are added and removed, each once and without complaint', async () => {
    const OpenIDConnectProviderArn = await makeOidcProvider(scenery);
    const clientIds = async () =>
      (await root.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn })))
        .ClientIDList;
    const second = { OpenIDConnectProviderArn, ClientID: 'second' };
    await root.send(new AddClientIDToOpenIDConnectProviderCommand(second));
    await root.send(new AddClientIDToOpenIDConnectProviderCommand(second));
    expect(await clientIds()).toEqual(['first', 'second']);
    await root.send(new RemoveClientIDFromOpenIDConnectProviderCommand(second));
    await root.send(new RemoveClientIDFromOpenIDConnectProviderCommand(second));
    expect(await clientIds()).toEqual(['first']);
  });

  test('client ids that are added at once are all kept, up to the quota', async () => {
    await deployment.close();
    deployment = await deployAdmin({ quotas: { ClientIdsPerOpenIDConnectProvider: 4 } });
    const other = new Scenery(deployment.iam());
    const OpenIDConnectProviderArn = await makeOidcProvider(other);
    const results = await Promise.allSettled(
      ['a', 'b', 'c', 'd', 'e'].map((ClientID) =>
        other.root.send(
          new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn, ClientID }),
        ),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    const got = await other.root.send(
      new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }),
    );
    expect(got.ClientIDList).toHaveLength(4);
  });

  test('a thumbprint is forty hexadecimal digits', async () => {
    const OpenIDConnectProviderArn = await makeOidcProvider(scenery);
    const wrong = new UpdateOpenIDConnectProviderThumbprintCommand({
      OpenIDConnectProviderArn,
      ThumbprintList: ['x'.repeat(40)],
    });
    expect(await refusal(root.send(wrong))).toMatchObject({ code: 'InvalidInputException' });
  });

  test('a provider that is gone is deleted once more without complaint, and found no more', async () => {
    const OpenIDConnectProviderArn = await makeOidcProvider(scenery);
    const remove = () =>
      root.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    await remove();
    await remove();
    const gone = root.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
    expect(await refusal(gone)).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: `OpenIDConnect Provider not found for arn ${OpenIDConnectProviderArn}`,
    });
  });
});

describe('SAML providers', () => {
  const PEM = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });

  test('a provider comes back with its metadata and how long that holds', async () => {
    const SAMLMetadataDocument = samlMetadata({ attributes: 'validUntil="2040-01-02T03:04:05Z"' });
    const { SAMLProviderArn } = await root.send(
      new CreateSAMLProviderCommand({ Name: 'adfs', SAMLMetadataDocument }),
    );
    expect(SAMLProviderArn).toBe(`arn:aws:iam::${ACCOUNT}:saml-provider/adfs`);
    const got = await root.send(new GetSAMLProviderCommand({ SAMLProviderArn }));
    expect(got.SAMLMetadataDocument).toBe(SAMLMetadataDocument);
    expect(got.ValidUntil).toEqual(new Date('2040-01-02T03:04:05Z'));
    const { SAMLProviderList } = await root.send(new ListSAMLProvidersCommand());
    expect(SAMLProviderList).toEqual([
      { Arn: SAMLProviderArn, ValidUntil: got.ValidUntil, CreateDate: got.CreateDate },
    ]);
    const again = new CreateSAMLProviderCommand({ Name: 'ADFS', SAMLMetadataDocument });
    expect(await refusal(root.send(again))).toMatchObject({
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
    });
  });

  test.each([
    ['no metadata', 'x'.repeat(1000), 'Could not parse metadata'],
    ['a DOCTYPE', samlMetadata({ before: '<!DOCTYPE x>' }), 'Could not parse metadata'],
    [
      'expired metadata',
      samlMetadata({ attributes: 'validUntil="2020-01-01T00:00:00Z"' }),
      'The metadata document has expired.',
    ],
  ])('%s is refused', async (_what, SAMLMetadataDocument, message) => {
    const call = root.send(new CreateSAMLProviderCommand({ Name: 'adfs', SAMLMetadataDocument }));
    expect(await refusal(call)).toEqual({
      statusCode: 400,
      code: 'InvalidInputException',
      message,
    });
  });

  test('private keys are sealed, listed by id, at most two, and removed', async () => {
    const SAMLProviderArn = await makeSamlProvider(scenery);
    const update = (more: object) =>
      root.send(new UpdateSAMLProviderCommand({ SAMLProviderArn, ...more }));
    expect(await refusal(update({ AssertionEncryptionMode: 'Required' }))).toMatchObject({
      code: 'InvalidInputException',
    });
    expect(await refusal(update({ AddPrivateKey: 'no key' }))).toMatchObject({
      code: 'InvalidInputException',
    });
    await update({ AddPrivateKey: PEM, AssertionEncryptionMode: 'Required' });
    await update({ AddPrivateKey: PEM });
    expect(await refusal(update({ AddPrivateKey: PEM }))).toMatchObject({
      code: 'LimitExceededException',
    });
    const got = await root.send(new GetSAMLProviderCommand({ SAMLProviderArn }));
    expect(got.AssertionEncryptionMode).toBe('Required');
    expect(got.PrivateKeyList).toHaveLength(2);
    const name = SAMLProviderArn.slice(SAMLProviderArn.indexOf('/') + 1);
    const item = await deployment.store.get(samlProviderKey(ACCOUNT, name));
    const keys = item?.attributes['PrivateKeys'] as readonly { SealedKey: Uint8Array }[];
    expect(keys).toHaveLength(2);
    for (const { SealedKey } of keys) {
      expect(Buffer.from(SealedKey).toString('latin1')).not.toContain('PRIVATE KEY');
    }
    const [first, second] = got.PrivateKeyList ?? [];
    await update({ RemovePrivateKey: first?.KeyId });
    expect(await refusal(update({ RemovePrivateKey: first?.KeyId }))).toMatchObject({
      code: 'NoSuchEntityException',
    });
    expect(await refusal(update({ RemovePrivateKey: second?.KeyId }))).toMatchObject({
      code: 'InvalidInputException',
    });
  });

  test('a provider that is deleted is found no more', async () => {
    const SAMLProviderArn = await makeSamlProvider(scenery);
    await root.send(new DeleteSAMLProviderCommand({ SAMLProviderArn }));
    const again = [
      root.send(new GetSAMLProviderCommand({ SAMLProviderArn })),
      root.send(new DeleteSAMLProviderCommand({ SAMLProviderArn })),
    ];
    for (const refused of await Promise.all(again.map(refusal))) {
      expect(refused).toEqual({
        statusCode: 404,
        code: 'NoSuchEntityException',
        message: `Manifest not found for arn ${SAMLProviderArn}`,
      });
    }
  });

  test('what is no ARN of a provider is told apart from one of none', async () => {
    const call = (SAMLProviderArn: string) =>
      refusal(root.send(new GetSAMLProviderCommand({ SAMLProviderArn })));
    expect(await call('no-arn-but-long-enough')).toMatchObject({ code: 'ValidationError' });
    expect(await call(`arn:aws:iam::${ACCOUNT}:user/alice`)).toMatchObject({
      code: 'InvalidInputException',
    });
    expect(await call('arn:aws:iam::999999999999:saml-provider/adfs')).toMatchObject({
      code: 'NoSuchEntityException',
    });
  });
});
