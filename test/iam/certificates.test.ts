import {
  CreateServiceSpecificCredentialCommand,
  DeleteServerCertificateCommand,
  DeleteServiceSpecificCredentialCommand,
  DeleteSigningCertificateCommand,
  DeleteSSHPublicKeyCommand,
  DeleteUserCommand,
  GetServerCertificateCommand,
  GetSSHPublicKeyCommand,
  ListServerCertificatesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ResetServiceSpecificCredentialCommand,
  UpdateServerCertificateCommand,
  UpdateServiceSpecificCredentialCommand,
  UpdateSigningCertificateCommand,
  UpdateSSHPublicKeyCommand,
  UploadServerCertificateCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { readName } from '../../lambdas/identity/records';
import { nameKey, serverCertificateKey } from '../../lambdas/store/keys';
import {
  AUTHORITY,
  CERTIFICATE,
  CERTIFICATE_KEY,
  EXPIRED_CERTIFICATE,
  OTHER_CERTIFICATE,
  OTHER_KEY,
} from '../credentials/certificates';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { Scenery } from '../operations/scenery';
import {
  CODECOMMIT,
  createCertificate,
  createPublicKey,
  makeServerCertificate,
  makeServiceCredential,
} from './certificate-cases';

let deployment: AdminDeployment;
let scenery: Scenery;
let root: IAMClient;
let UserName: string;

beforeEach(async () => {
  deployment = await deployAdmin();
  scenery = new Scenery(deployment.iam());
  ({ root } = scenery);
  UserName = await scenery.user();
});

afterEach(async () => {
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});

async function expectConflict(remedy: string): Promise<void> {
  expect(await refusal(root.send(new DeleteUserCommand({ UserName })))).toEqual({
    statusCode: 409,
    code: 'DeleteConflictException',
    message: `Cannot delete entity, must ${remedy} first.`,
  });
}

describe('server certificates', () => {
  const upload = (more: object) =>
    root.send(
      new UploadServerCertificateCommand({
        ServerCertificateName: 'api',
        CertificateBody: CERTIFICATE,
        PrivateKey: CERTIFICATE_KEY,
        ...more,
      }),
    );

  test('a certificate comes back with its chain, without the line break of a file’s end, and never with its key', async () => {
    const { ServerCertificateMetadata: made } = await upload({
      Path: '/cloudfront/',
      CertificateChain: AUTHORITY,
    });
    expect(made).toMatchObject({
      Path: '/cloudfront/',
      ServerCertificateName: 'api',
      Arn: `arn:aws:iam::${ACCOUNT}:server-certificate/cloudfront/api`,
    });
    expect(made?.ServerCertificateId).toMatch(/^ASCA[A-Z2-7]{17}$/);
    expect(made?.Expiration?.getFullYear()).toBeGreaterThan(2100);
    const { ServerCertificate } = await root.send(
      new GetServerCertificateCommand({ ServerCertificateName: 'API' }),
    );
    expect(ServerCertificate).toEqual({
      ServerCertificateMetadata: made,
      CertificateBody: CERTIFICATE.trim(),
      CertificateChain: AUTHORITY.trim(),
    });
    const name = await deployment.store.get(nameKey('ServerCertificate', ACCOUNT, 'api'));
    const id = name === undefined ? '' : readName(name).Id;
    const item = await deployment.store.get(serverCertificateKey(ACCOUNT, id));
    const sealed = item?.attributes['SealedPrivateKey'] as Uint8Array;
    expect(sealed.byteLength).toBeGreaterThan(CERTIFICATE_KEY.length);
    expect(Buffer.from(sealed).toString('latin1')).not.toContain('PRIVATE KEY');
  });

  test.each([
    ['another key', { PrivateKey: OTHER_KEY }, 'KeyPairMismatchException'],
    ['no key', { PrivateKey: 'x' }, 'MalformedCertificateException'],
    ['no certificate', { CertificateBody: 'x' }, 'MalformedCertificateException'],
    [
      'two certificates',
      { CertificateBody: CERTIFICATE + AUTHORITY },
      'MalformedCertificateException',
    ],
    ['a key as certificate', { CertificateBody: CERTIFICATE_KEY }, 'MalformedCertificateException'],
    ['an expired one', { CertificateBody: EXPIRED_CERTIFICATE }, 'MalformedCertificateException'],
    ['a chain of others', { CertificateChain: OTHER_CERTIFICATE }, 'MalformedCertificateException'],
    ['a chain that is none', { CertificateChain: 'x' }, 'MalformedCertificateException'],
  ])('%s is refused', async (_what, more, code) => {
    expect(await refusal(upload(more))).toMatchObject({ statusCode: 400, code });
    const { ServerCertificateMetadataList } = await root.send(new ListServerCertificatesCommand());
    expect(ServerCertificateMetadataList).toEqual([]);
  });

  test('a name is taken once, is changed, and is free again', async () => {
    await upload({});
    expect(await refusal(upload({ ServerCertificateName: 'API' }))).toEqual({
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
      message: 'The Server Certificate with name API already exists.',
    });
    await root.send(
      new UpdateServerCertificateCommand({
        ServerCertificateName: 'api',
        NewServerCertificateName: 'web',
        NewPath: '/x/',
      }),
    );
    await upload({});
    const list = await root.send(new ListServerCertificatesCommand({ PathPrefix: '/x/' }));
    expect(list.ServerCertificateMetadataList?.map((found) => found.Arn)).toEqual([
      `arn:aws:iam::${ACCOUNT}:server-certificate/x/web`,
    ]);
    await root.send(new DeleteServerCertificateCommand({ ServerCertificateName: 'web' }));
    const gone = root.send(new GetServerCertificateCommand({ ServerCertificateName: 'web' }));
    expect(await refusal(gone)).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: 'The Server Certificate with name web cannot be found.',
    });
  });

  test('an account has twenty', async () => {
    for (let number = 0; number < 20; number += 1) await makeServerCertificate(scenery);
    expect(await refusal(upload({}))).toMatchObject({
      statusCode: 409,
      message: 'Cannot exceed quota for ServerCertificatesPerAccount: 20',
    });
  });
});

describe('signing certificates', () => {
  const upload = (CertificateBody: string, user: string | undefined = UserName) =>
    root.send(new UploadSigningCertificateCommand({ UserName: user, CertificateBody }));

  test('a certificate comes back as it was sent, is switched off, and goes', async () => {
    const { Certificate } = await upload(CERTIFICATE);
    expect(Certificate).toEqual({
      UserName,
      CertificateId: expect.stringMatching(/^[A-Z2-7]{32}$/) as string,
      CertificateBody: CERTIFICATE,
      Status: 'Active',
      UploadDate: expect.any(Date) as Date,
    });
    const id = { UserName, CertificateId: Certificate?.CertificateId };
    await root.send(new UpdateSigningCertificateCommand({ ...id, Status: 'Inactive' }));
    const { Certificates } = await root.send(new ListSigningCertificatesCommand({ UserName }));
    expect(Certificates).toEqual([{ ...Certificate, Status: 'Inactive' }]);
    await expectConflict('delete signing certificates');
    await root.send(new DeleteSigningCertificateCommand(id));
    expect(await refusal(root.send(new DeleteSigningCertificateCommand(id)))).toMatchObject({
      statusCode: 404,
      message: `The Certificate with id ${String(id.CertificateId)} cannot be found.`,
    });
    await root.send(new DeleteUserCommand({ UserName }));
  });

  test('a certificate is one user’s, and free again when it is deleted', async () => {
    const { Certificate } = await upload(CERTIFICATE);
    const other = await scenery.user();
    expect(await refusal(upload(CERTIFICATE, other))).toMatchObject({
      statusCode: 409,
      code: 'DuplicateCertificateException',
    });
    const { CertificateId } = Certificate ?? {};
    await root.send(new DeleteSigningCertificateCommand({ UserName, CertificateId }));
    await upload(CERTIFICATE, other);
  });

  test('root has certificates of its own', async () => {
    await root.send(new UploadSigningCertificateCommand({ CertificateBody: CERTIFICATE }));
    const { Certificates } = await root.send(new ListSigningCertificatesCommand());
    expect(Certificates).toHaveLength(1);
  });

  test('two are the limit, and what is no certificate is none', async () => {
    expect(await refusal(upload('notacert'))).toMatchObject({
      code: 'MalformedCertificateException',
    });
    expect(await refusal(upload(EXPIRED_CERTIFICATE))).toMatchObject({
      code: 'InvalidCertificateException',
    });
    await upload(createCertificate());
    await upload(createCertificate());
    expect(await refusal(upload(createCertificate()))).toMatchObject({
      statusCode: 409,
      message: 'Cannot exceed quota for CertificatesPerUser: 2',
    });
  });
});

describe('SSH public keys', () => {
  test('a key is given in the encoding that is asked for', async () => {
    const pem = createPublicKey();
    const { SSHPublicKey: made } = await root.send(
      new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: pem }),
    );
    expect(made).toEqual({
      UserName,
      SSHPublicKeyId: expect.stringMatching(/^APKA[A-Z2-7]{17}$/) as string,
      Fingerprint: expect.stringMatching(/^[0-9a-f]{2}(:[0-9a-f]{2}){15}$/) as string,
      SSHPublicKeyBody: pem,
      Status: 'Active',
      UploadDate: expect.any(Date) as Date,
    });
    const id = { UserName, SSHPublicKeyId: made?.SSHPublicKeyId };
    const bodyIn = async (Encoding: 'SSH' | 'PEM') =>
      (await root.send(new GetSSHPublicKeyCommand({ ...id, Encoding }))).SSHPublicKey
        ?.SSHPublicKeyBody;
    expect(await bodyIn('PEM')).toBe(pem);
    const ssh = await bodyIn('SSH');
    expect(ssh).toMatch(/^ssh-rsa AAAAB3NzaC1yc2E/);
    const again = new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: `${ssh ?? ''} me` });
    expect(await refusal(root.send(again))).toMatchObject({
      statusCode: 400,
      code: 'DuplicateSSHPublicKeyException',
    });
    await root.send(new UpdateSSHPublicKeyCommand({ ...id, Status: 'Inactive' }));
    const { SSHPublicKeys } = await root.send(new ListSSHPublicKeysCommand({ UserName }));
    expect(SSHPublicKeys).toEqual([
      { ...id, Status: 'Inactive', UploadDate: expect.any(Date) as Date },
    ]);
    await expectConflict('delete ssh public keys');
    await root.send(new DeleteSSHPublicKeyCommand(id));
    await root.send(new DeleteUserCommand({ UserName }));
  });

  test('five are the limit, also of those that come at once', async () => {
    const keys = Array.from({ length: 8 }, () => createPublicKey());
    const results = await Promise.allSettled(
      keys.map((SSHPublicKeyBody) =>
        root.send(new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody })),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
  });

  test('a key that is too short is refused', async () => {
    const call = root.send(
      new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: createPublicKey(1024) }),
    );
    expect(await refusal(call)).toMatchObject({ code: 'InvalidPublicKeyException' });
  });
});

describe('service-specific credentials', () => {
  const create = (ServiceName = CODECOMMIT, more: object = {}) =>
    root.send(new CreateServiceSpecificCredentialCommand({ UserName, ServiceName, ...more }));

  test('the password is told when it is made and when it is reset, and in no list', async () => {
    const { ServiceSpecificCredential: made } = await create();
    expect(made).toEqual({
      CreateDate: expect.any(Date) as Date,
      ServiceName: CODECOMMIT,
      ServicePassword: expect.stringMatching(/^[\w+/]{43}=$/) as string,
      ServiceSpecificCredentialId: expect.stringMatching(/^ACCA[A-Z2-7]{17}$/) as string,
      ServiceUserName: `${UserName}-at-${ACCOUNT}`,
      Status: 'Active',
      UserName,
    });
    const { ServicePassword, ...listed } = made ?? {};
    const id = { UserName, ServiceSpecificCredentialId: made?.ServiceSpecificCredentialId };
    await root.send(new UpdateServiceSpecificCredentialCommand({ ...id, Status: 'Inactive' }));
    const list = await root.send(new ListServiceSpecificCredentialsCommand({ UserName }));
    expect(list.ServiceSpecificCredentials).toEqual([{ ...listed, Status: 'Inactive' }]);
    expect(list.IsTruncated).toBeUndefined();
    const { ServiceSpecificCredential: reset } = await root.send(
      new ResetServiceSpecificCredentialCommand(id),
    );
    expect(reset).toMatchObject({ ...listed, Status: 'Inactive' });
    expect(reset?.ServicePassword).not.toBe(ServicePassword);
    await expectConflict('remove referenced objects');
    await root.send(new DeleteServiceSpecificCredentialCommand(id));
    await root.send(new DeleteUserCommand({ UserName }));
  });

  test('a user has two of a service, under two names', async () => {
    await create();
    const { ServiceSpecificCredential: second } = await create();
    expect(second?.ServiceUserName).toBe(`${UserName}+1-at-${ACCOUNT}`);
    expect(await refusal(create())).toMatchObject({ statusCode: 409 });
    await create('cassandra.amazonaws.com');
    const list = new ListServiceSpecificCredentialsCommand({ UserName, ServiceName: CODECOMMIT });
    expect((await root.send(list)).ServiceSpecificCredentials).toHaveLength(2);
  });

  test('a credential of Bedrock is one text, and expires', async () => {
    expect(await refusal(create(CODECOMMIT, { CredentialAgeDays: 1 }))).toMatchObject({
      code: 'ValidationError',
    });
    const { ServiceSpecificCredential: made } = await create('bedrock.amazonaws.com', {
      CredentialAgeDays: 30,
    });
    expect(made?.ServicePassword).toBeUndefined();
    expect(made?.ServiceCredentialSecret).toMatch(/=$/);
    const days = (Number(made?.ExpirationDate) - Number(made?.CreateDate)) / 86_400_000;
    expect(days).toBe(30);
  });

  test('the credentials of all users are listed by service', async () => {
    await create();
    await makeServiceCredential(scenery);
    const all = await root.send(
      new ListServiceSpecificCredentialsCommand({ AllUsers: true, ServiceName: CODECOMMIT }),
    );
    expect(all.ServiceSpecificCredentials).toHaveLength(2);
    const none = new ListServiceSpecificCredentialsCommand({ AllUsers: true });
    expect(await refusal(root.send(none))).toMatchObject({ code: 'ValidationError' });
  });

  test('the words of refusals are AWS’s', async () => {
    const service = 'nonexistentservice.amazonaws.com';
    expect(await refusal(create(service))).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: `No such service ${service} is supported for Service Specific Credentials`,
    });
    const id = { UserName, ServiceSpecificCredentialId: 'satisfiesregexbutstillinvalid' };
    expect(await refusal(root.send(new ResetServiceSpecificCredentialCommand(id)))).toEqual({
      statusCode: 404,
      code: 'NoSuchEntityException',
      message: 'No such credential satisfiesregexbutstillinvalid exists',
    });
  });
});
