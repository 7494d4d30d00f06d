import { EnableOutboundWebIdentityFederationCommand } from '@aws-sdk/client-iam';
import { GetSessionTokenCommand } from '@aws-sdk/client-sts';
import fc from 'fast-check';
import { findInconsistencies } from '../../lambdas/identity/consistency';
import { describeOperation } from '../../lambdas/protocol/schema';
import { STS_OPERATIONS } from '../../lambdas/sts/operation-table';
import {
  ACCOUNT,
  deployAdmin,
  type AdminDeployment,
  type Credentials,
} from '../operations/deployment';
import { signedRequest } from '../operations/signed-requests';
import { parametersOf } from '../operations/strange-parameters';
import { allow, StsScenery } from './sts-scenery';

/* Whatever stands where a parameter should: an answer or a caller's fault in AWS's form, never a fault of ours. */

let deployment: AdminDeployment;
let credentials: Credentials;
let known: readonly string[];

beforeAll(async () => {
  deployment = await deployAdmin();
  const scenery = new StsScenery(deployment);
  const caller = await scenery.caller({ Effect: 'Allow', Action: '*', Resource: '*' });
  credentials = caller.credentials;
  const { serialNumber } = await scenery.mfaDevice(caller.UserName, Date.now());
  const { Credentials: session } = await deployment
    .sts(credentials)
    .send(new GetSessionTokenCommand({}));
  await scenery.root.send(new EnableOutboundWebIdentityFederationCommand({}));
  known = [
    await scenery.role([allow({ AWS: await scenery.userArn(caller.UserName) })]),
    'session',
    '900',
    serialNumber,
    'arn:aws:iam::aws:policy/ReadOnlyAccess',
    credentials.accessKeyId,
    String(session?.SessionToken),
    'ES384',
    '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}',
  ];
});

afterAll(async () => {
  expect(deployment.failures).toEqual([]);
  expect(await findInconsistencies(deployment.store, ACCOUNT)).toEqual([]);
  await deployment.close();
});

test.each(STS_OPERATIONS.operations.map((operation) => [operation.name, operation] as const))(
  '%s',
  async (name, { schema, authentication }) => {
    const parameters = parametersOf(describeOperation(schema).input, '', () => known);
    await fc.assert(
      fc.asyncProperty(parameters, async (pairs) => {
        const body = [`Action=${name}`, 'Version=2011-06-15', ...pairs].join('&');
        const signed = await signedRequest({ body, path: '/sts', service: 'sts', credentials });
        const headers = new Map(
          [...signed.headers].filter(([header]) => header !== 'authorization'),
        );
        const request = authentication === 'none' ? { ...signed, headers } : signed;
        const answer = await deployment.handle('sts', request);
        expect(answer.statusCode).toBeLessThan(500);
        expect(answer.headers['content-type']).toBe('text/xml');
        expect(answer.body).toMatch(/^<\w+Response xmlns=/);
        // eslint-disable-next-line no-control-regex -- exactly what XML 1.0 cannot hold
        expect(answer.body).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
      }),
      { numRuns: 40 },
    );
  },
);
