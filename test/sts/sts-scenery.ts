import {
  CreateRoleCommand,
  CreateVirtualMFADeviceCommand,
  EnableMFADeviceCommand,
  GetUserCommand,
  PutRolePolicyCommand,
  type CreateRoleRequest,
} from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  type AssumeRoleRequest,
  type Credentials as IssuedCredentials,
} from '@aws-sdk/client-sts';
import { totpCode, timeStepAt } from '../../lambdas/credentials/totp';
import type { AdminDeployment, Credentials } from '../operations/deployment';
import { Scenery } from '../operations/scenery';

/** Users, roles and the sessions between them. */
export class StsScenery extends Scenery {
  constructor(readonly deployment: Pick<AdminDeployment, 'iam' | 'sts'>) {
    super(deployment.iam());
  }

  async userArn(UserName: string): Promise<string> {
    const { User } = await this.root.send(new GetUserCommand({ UserName }));
    return String(User?.Arn);
  }

  /** A role that trusts whom the statements say; its ARN. */
  async role(
    trust: readonly object[],
    options: Partial<CreateRoleRequest> & { readonly allow?: object } = {},
  ): Promise<string> {
    const { allow, ...more } = options;
    const RoleName = options.RoleName ?? this.newName('role');
    const { Role } = await this.root.send(
      new CreateRoleCommand({
        RoleName,
        AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: trust }),
        ...more,
      }),
    );
    if (allow !== undefined) {
      const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: allow });
      const PolicyName = 'permissions';
      await this.root.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
    }
    return String(Role?.Arn);
  }

  async assume(credentials: Credentials, input: AssumeRoleRequest): Promise<Credentials> {
    const answer = await this.deployment.sts(credentials).send(new AssumeRoleCommand(input));
    return credentialsOf(answer.Credentials);
  }

  /** A virtual device of the user, enabled by its codes at `now`. */
  async mfaDevice(UserName: string, now: number): Promise<{ serialNumber: string; seed: string }> {
    const { VirtualMFADevice: device } = await this.root.send(
      new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: this.newName('device') }),
    );
    const seed = Buffer.from(device?.Base32StringSeed ?? []).toString();
    const step = timeStepAt(now);
    const SerialNumber = String(device?.SerialNumber);
    await this.root.send(
      new EnableMFADeviceCommand({
        UserName,
        SerialNumber,
        AuthenticationCode1: totpCode(seed, step - 1),
        AuthenticationCode2: totpCode(seed, step),
      }),
    );
    return { serialNumber: SerialNumber, seed };
  }
}

export const allow = (principal: object, ...actions: readonly string[]): object => ({
  Effect: 'Allow',
  Principal: principal,
  Action: actions.length === 0 ? 'sts:AssumeRole' : actions,
});

export function credentialsOf(issued: IssuedCredentials | undefined): Credentials {
  return {
    accessKeyId: String(issued?.AccessKeyId),
    secretAccessKey: String(issued?.SecretAccessKey),
    sessionToken: String(issued?.SessionToken),
  };
}
