import { rmSync } from 'node:fs';
import path from 'node:path';
import { deployAdmin, ROOT, type AdminDeployment } from '../operations/deployment';
import { prepareTerraform } from '../harness/terraform';

const { isPrepared, folder, run } = prepareTerraform(
  path.join(__dirname, '..', '..', 'examples', 'terraform'),
);

(isPrepared ? describe : describe.skip)('the Terraform example', () => {
  let deployment: AdminDeployment;

  beforeAll(async () => {
    deployment = await deployAdmin();
  });
  afterAll(async () => {
    await deployment.close();
    rmSync(folder, { recursive: true });
  });

  test('is applied, finds nothing to change afterwards, and is destroyed', async () => {
    const terraform = async (...command: readonly string[]): Promise<string> => {
      const options = ['-no-color', `-var=admin_endpoint=${deployment.endpoint}`];
      const { exitCode, stdout, stderr } = await run([...command, ...options], ROOT);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      return stdout;
    };
    expect(await terraform('apply', '-auto-approve')).toContain('7 added, 0 changed, 0 destroyed');
    await terraform('plan', '-detailed-exitcode');
    expect(await terraform('destroy', '-auto-approve')).toContain('7 destroyed');
  }, 300_000);
});
