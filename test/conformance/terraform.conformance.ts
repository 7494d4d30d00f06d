import { generateKeyPairSync } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AUTHORITY, CERTIFICATE, CERTIFICATE_KEY } from '../credentials/certificates';
import { samlMetadata } from '../credentials/saml-metadata-documents';
import { type LocalProcess, ROOT_CREDENTIALS, startLocalProcess } from '../harness/local-process';
import { type RecordingProxy, startRecordingProxy } from '../harness/recording-proxy';
import { prepareTerraform } from '../harness/terraform';
import { readRecordedCalls } from './proofs';

/** As `ssh-keygen` writes one. */
function createSshPublicKey(): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e = '', n = '' } = publicKey.export({ format: 'jwk' });
  const fields = [
    Buffer.from('ssh-rsa'),
    Buffer.from(e, 'base64url'),
    // A leading zero: the number is positive.
    Buffer.concat([Buffer.of(0), Buffer.from(n, 'base64url')]),
  ].map((field) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(field.byteLength);
    return Buffer.concat([length, field]);
  });
  return `ssh-rsa ${Buffer.concat(fields).toString('base64')}`;
}

type Import = readonly [address: string, id: string];

const IMPORTED_ALONE: readonly Import[] = [
  ['aws_iam_user.alice', 'alice'],
  ['aws_iam_role.reader', 'reader'],
  ['aws_iam_policy.read_orders', 'arn:aws:iam::123456789012:policy/orders/read-orders'],
];

/** Whatever else tells its whole state when it is read. */
const IMPORTED_TOGETHER: readonly Import[] = [
  ['aws_iam_group.readers', 'readers'],
  ['aws_iam_user_group_membership.alice', 'alice/writers'],
  ['aws_iam_instance_profile.worker', 'worker'],
  [
    'aws_iam_user_policy_attachment.alice_reads',
    'alice/arn:aws:iam::123456789012:policy/orders/read-orders',
  ],
  ['aws_iam_group_policy_attachment.aws_managed', 'readers/arn:aws:iam::aws:policy/ReadOnlyAccess'],
  [
    'aws_iam_role_policy_attachment.reader',
    'reader/arn:aws:iam::123456789012:policy/orders/read-orders',
  ],
  ['aws_iam_user_policy.alice_own', 'alice:own'],
  ['aws_iam_group_policy.writers', 'writers:write'],
  ['aws_iam_role_policy.reader', 'reader:write'],
  ['aws_iam_account_password_policy.this', 'iam-account-password-policy'],
  ['aws_iam_account_alias.this', 'orders-team-2'],
  [
    'aws_iam_openid_connect_provider.identity',
    'arn:aws:iam::123456789012:oidc-provider/id.example.com',
  ],
  ['aws_iam_saml_provider.identity', 'arn:aws:iam::123456789012:saml-provider/identity'],
  [
    'aws_iam_service_linked_role.autoscaling',
    'arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_orders',
  ],
];

const { isPrepared, folder, run } = prepareTerraform(path.join(__dirname, 'terraform'));
const describeWithProvider = isPrepared ? describe : describe.skip;

/* The tests are one life, in this order; a process of Terraform and its provider takes seconds to start. */
describeWithProvider('Terraform administers a local run', () => {
  let local: LocalProcess;
  let proxy: RecordingProxy;
  const terraform = (command: readonly string[]) => run(command, ROOT_CREDENTIALS);

  beforeAll(async () => {
    local = await startLocalProcess(['--ephemeral']);
    proxy = await startRecordingProxy(local.admin);
    const variables = {
      admin_endpoint: proxy.endpoint,
      certificate: CERTIFICATE,
      certificate_chain: AUTHORITY,
      certificate_key: CERTIFICATE_KEY,
      saml_metadata: samlMetadata(),
      ssh_public_key: createSshPublicKey(),
    };
    writeFileSync(path.join(folder, 'terraform.tfvars.json'), JSON.stringify(variables));
  });
  afterAll(async () => {
    await proxy.stop();
    expect(await local.stop()).toBe(0);
    rmSync(folder, { recursive: true });
  });

  /** Its output; a failure tells Terraform's own words. */
  async function succeed(command: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await terraform(command);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return stdout;
  }

  const apply = (generation: number) =>
    succeed(['apply', '-no-color', '-auto-approve', `-var=generation=${generation}`]);

  async function expectNoChanges(generation: number): Promise<void> {
    const plan = ['plan', '-no-color', '-detailed-exitcode', `-var=generation=${generation}`];
    const { exitCode, stdout, stderr } = await terraform(plan);
    expect({ exitCode, stderr, changes: stdout.split('Terraform will perform')[1] }).toEqual({
      exitCode: 0,
      stderr: '',
      changes: undefined,
    });
  }

  const readOutput = async () => JSON.parse(await succeed(['output', '-json', 'seen'])) as unknown;

  test('everything is made', async () => {
    expect(await apply(1)).toContain('Apply complete! Resources: 41 added, 0 changed, 0 destroyed');
    expect(await readOutput()).toEqual({
      account: '123456789012',
      caller: 'arn:aws:iam::123456789012:root',
      alias: 'orders-team',
      alice: 'arn:aws:iam::123456789012:user/team/alice',
      alice_is: true,
      alice_tags: { stack: 'orders', team: 'blue', 'cost center': '7 + 8', empty: '' },
      keys: ['Active'],
      team: ['alice'],
      readers: ['alice', 'bob'],
      reader: 'Reads orders',
      roles: ['reader'],
      profile_role: 'worker',
      may_put_orders: true,
      clients: ['orders'],
      certificate: '/team/',
      metadata_kept: true,
    });
  });

  test('a second plan changes nothing', () => expectNoChanges(1));

  test('a change is made in place, wherever AWS makes it in place', async () => {
    expect(await apply(2)).toContain('Apply complete! Resources: 1 added, 13 changed, 1 destroyed');
    expect(await readOutput()).toMatchObject({
      alias: 'orders-team-2',
      keys: ['Inactive'],
      reader: 'Reads and lists orders',
      profile_role: 'reader',
      clients: ['orders', 'invoices'],
    });
  });

  test('a plan after the change changes nothing', () => expectNoChanges(2));

  test('a user, a role and a policy are imported', async () => {
    await succeed(['state', 'rm', ...IMPORTED_ALONE.map(([address]) => address)]);
    for (const [address, id] of IMPORTED_ALONE) {
      expect(await succeed(['import', '-no-color', '-var=generation=2', address, id])).toContain(
        'Import successful!',
      );
    }
  });

  test('the rest is imported at once, and nothing is left to change', async () => {
    await succeed(['state', 'rm', ...IMPORTED_TOGETHER.map(([address]) => address)]);
    const file = path.join(folder, 'imports.tf');
    const blocks = IMPORTED_TOGETHER.map(
      ([address, id]) => `import {\n  to = ${address}\n  id = "${id}"\n}\n`,
    );
    writeFileSync(file, blocks.join('\n'));
    expect(await apply(2)).toContain(
      `Resources: ${IMPORTED_TOGETHER.length} imported, 0 added, 0 changed, 0 destroyed`,
    );
  });

  test('everything is destroyed', async () => {
    const destroyed = await succeed(['destroy', '-no-color', '-auto-approve', '-var=generation=2']);
    expect(destroyed).toContain('Destroy complete! Resources: 41 destroyed');
  });

  test('what the provider called is what the documents say', () => {
    const operations = proxy.operations();
    expect(operations).toEqual(readRecordedCalls('Terraform', operations));
  });
});
