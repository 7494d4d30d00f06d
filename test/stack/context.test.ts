import { App } from 'aws-cdk-lib';
import { readContext } from '../../bin/context';

const read = (context: Record<string, unknown> = {}, environment: NodeJS.ProcessEnv = {}) =>
  readContext(new App({ context }).node, environment);

describe('the context of a deployment', () => {
  test('that was told nothing is production in the deployer’s account', () => {
    expect(read()).toEqual({
      stage: 'production',
      prefix: 'Portcullis',
      sandbox: false,
      rootCredentialsSecretName: undefined,
      account: undefined,
      region: undefined,
      accountId: undefined,
      logRetention: 90,
      stalenessSeconds: 5,
      authorizerConcurrency: undefined,
      adminConcurrency: undefined,
      adminRateLimit: 100,
      adminBurstLimit: 200,
      gatewayLogging: true,
      signInOrigins: [],
      tracing: true,
      provisionedConcurrency: undefined,
      answerCacheSeconds: undefined,
      answerCacheKey: 'request',
      adminDomain: undefined,
      webAcl: false,
      replicaRegions: undefined,
      primary: undefined,
      monitoring: false,
      alarmTopicArn: undefined,
      alarmDenials: undefined,
      alarmUnauthorized: undefined,
      alarmLatencyMilliseconds: undefined,
    });
  });

  test('of another stage has names of its own', () => {
    expect(read({ stage: 'dev' })).toMatchObject({ stage: 'dev', prefix: 'Portcullis-dev' });
  });

  test('may have a prefix of its own', () => {
    expect(read({ stage: 'dev', prefix: 'Gate' }).prefix).toBe('Gate');
  });

  test.each([true, 'true'])('is a sandbox when it says %j', (sandbox) => {
    expect(read({ sandbox })).toMatchObject({ sandbox: true, logRetention: 7 });
  });

  test('reads numbers as the command line writes them', () => {
    expect(
      read({ stalenessSeconds: '0', logRetentionDays: '365', authorizerConcurrency: '40' }),
    ).toMatchObject({ stalenessSeconds: 0, logRetention: 365, authorizerConcurrency: 40 });
  });

  test('whose endpoint is an emulator’s has a secret that CloudFormation need not make', () => {
    const secretNameOf = (endpoint: string, context: Record<string, unknown> = {}) =>
      read(context, { AWS_ENDPOINT_URL: endpoint }).rootCredentialsSecretName;
    expect(secretNameOf('http://127.0.0.1:5000')).toBe('Portcullis/RootCredentials');
    expect(secretNameOf('http://127.0.0.1:5000', { emulator: 'false' })).toBeUndefined();
    expect(secretNameOf('https://proxy.example.com')).toBeUndefined();
    expect(read({ emulator: true, stage: 'dev' }).rootCredentialsSecretName).toBe(
      'Portcullis-dev/RootCredentials',
    );
  });

  test('may have copies of its tables in other regions, or be of one that has them', () => {
    expect(read({ multiRegion: 'true' }).replicaRegions).toEqual([]);
    expect(read({ replicaRegions: 'eu-west-1,us-east-2' }).replicaRegions).toEqual([
      'eu-west-1',
      'us-east-2',
    ]);
    const primary = {
      primaryKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/mrk-1',
      primaryIdentitiesTable: 'identities',
      primaryPoliciesTable: 'policies',
    };
    expect(read(primary).primary).toEqual({
      keyArn: primary.primaryKeyArn,
      identitiesTableName: 'identities',
      policiesTableName: 'policies',
    });
    expect(() => read({ primaryKeyArn: primary.primaryKeyArn })).toThrow('are given together');
  });

  test('names the API, and what stands before it and watches it', () => {
    const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/1';
    const webAclArn = 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/own/1';
    const adminDomainName = 'iam.example.com';
    expect(
      read({ adminDomainName, adminCertificateArn: certificateArn, webAclArn, alarmDenials: '5' }),
    ).toMatchObject({
      adminDomain: { domainName: adminDomainName, certificateArn },
      webAcl: webAclArn,
      alarmDenials: 5,
    });
    expect(read({ webAcl: 'true', tracing: 'false', monitoring: 'true' })).toMatchObject({
      webAcl: true,
      tracing: false,
      monitoring: true,
    });
    expect(() => read({ adminDomainName })).toThrow('are given together');
  });

  test.each<[Record<string, unknown>, string]>([
    [{ replicaRegions: 'Ireland' }, 'context replicaRegions must be text that matches'],
    [{ replicaRegions: 'eu-west-1,' }, 'context replicaRegions must be text that matches'],
    [{ webAclArn: 'own' }, 'context webAclArn must be text that matches'],
    [{ alarmTopicArn: 'own' }, 'context alarmTopicArn must be text that matches'],
    [{ answerCacheSeconds: 3601 }, 'context answerCacheSeconds must be a whole number'],
    [{ answerCacheKey: 'path' }, 'context answerCacheKey'],
    [{ provisionedConcurrency: 0 }, 'context provisionedConcurrency must be a whole number'],
    [{ emulator: 'yes' }, 'context emulator must be true or false'],
    [{ sandbox: 'yes' }, 'context sandbox must be true or false, but was "yes"'],
    [{ stage: 'Dev' }, 'context stage must be text that matches'],
    [{ prefix: 'a_b' }, 'context prefix must be text that matches'],
    [{ account: '123' }, 'context account must be text that matches ^[0-9]{12}$, but was "123"'],
    [{ region: 'Frankfurt' }, 'context region must be text that matches'],
    [{ accountId: 'main' }, 'context accountId must be text that matches'],
    [{ logRetentionDays: 8 }, 'context logRetentionDays must be one of 1, 3, 5, 7, 14'],
    [{ stalenessSeconds: 61 }, 'context stalenessSeconds must be a whole number from 0 to 60'],
    [{ stalenessSeconds: '1e1' }, 'context stalenessSeconds must be a whole number from 0 to 60'],
    [{ adminRateLimit: 0 }, 'context adminRateLimit must be a whole number from 1 to 10000'],
    [{ adminBurstLimit: 1.5 }, 'context adminBurstLimit must be a whole number from 1 to 5000'],
  ])('refuses %j', (context, message) => {
    expect(() => read(context)).toThrow(message);
  });
});
