import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  AttachUserPolicyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  DetachUserPolicyCommand,
  GetUserCommand,
  ListUsersCommand,
  UpdateUserCommand,
  type IAMClient,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { ACCOUNT, deployAdmin, type AdminDeployment } from '../operations/deployment';
import { refusal } from '../operations/refusal';

let deployment: AdminDeployment;
let root: IAMClient;

beforeEach(async () => {
  deployment = await deployAdmin();
  root = deployment.iam();
});

afterEach(async () => {
  await deployment.close();
  expect(deployment.failures).toEqual([]);
});

async function createUser(name: string): Promise<{ accessKeyId: string; secretAccessKey: string }> {
  await root.send(new CreateUserCommand({ UserName: name }));
  const { AccessKey } = await root.send(new CreateAccessKeyCommand({ UserName: name }));
  return {
    accessKeyId: String(AccessKey?.AccessKeyId),
    secretAccessKey: String(AccessKey?.SecretAccessKey),
  };
}

describe('users', () => {
  test('a created user comes back with exactly the members that AWS gives', async () => {
    const { User } = await root.send(new CreateUserCommand({ UserName: 'alice', Path: '/ops/' }));
    expect(User).toEqual({
      Path: '/ops/',
      UserName: 'alice',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/) as string,
      Arn: `arn:aws:iam::${ACCOUNT}:user/ops/alice`,
      CreateDate: expect.any(Date) as Date,
    });
    const { User: same } = await root.send(new GetUserCommand({ UserName: 'alice' }));
    expect(same).toEqual(User);
  });

  test('a name is taken once, in whatever case', async () => {
    await root.send(new CreateUserCommand({ UserName: 'alice' }));
    expect(await refusal(root.send(new CreateUserCommand({ UserName: 'ALICE' })))).toEqual({
      statusCode: 409,
      code: 'EntityAlreadyExistsException',
      message: 'User with name ALICE already exists.',
    });
  });

  test('of 200 creations of one name exactly one wins', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 200 }, () => root.send(new CreateUserCommand({ UserName: 'one' }))),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { Users } = await root.send(new ListUsersCommand({}));
    expect(Users).toHaveLength(1);
  });

  test('a user that is renamed keeps its id, its keys and its permissions', async () => {
    const credentials = await createUser('alice');
    const { User: before } = await root.send(new GetUserCommand({ UserName: 'alice' }));
    await root.send(
      new UpdateUserCommand({ UserName: 'alice', NewUserName: 'bob', NewPath: '/new/' }),
    );
    const { User: after } = await root.send(new GetUserCommand({ UserName: 'bob' }));
    expect(after?.UserId).toBe(before?.UserId);
    const identity = await deployment.sts(credentials).send(new GetCallerIdentityCommand({}));
    expect(identity.Arn).toBe(`arn:aws:iam::${ACCOUNT}:user/new/bob`);
    expect(await refusal(root.send(new GetUserCommand({ UserName: 'alice' })))).toMatchObject({
      statusCode: 404,
      message: 'The user with name alice cannot be found.',
    });
  });

  test('a user with an access key cannot be deleted, and can be without it', async () => {
    const { accessKeyId } = await createUser('alice');
    expect(await refusal(root.send(new DeleteUserCommand({ UserName: 'alice' })))).toEqual({
      statusCode: 409,
      code: 'DeleteConflictException',
      message: 'Cannot delete entity, must delete access keys first.',
    });
    await root.send(new DeleteAccessKeyCommand({ UserName: 'alice', AccessKeyId: accessKeyId }));
    await root.send(new DeleteUserCommand({ UserName: 'alice' }));
    expect(await refusal(root.send(new GetUserCommand({ UserName: 'alice' })))).toMatchObject({
      code: 'NoSuchEntityException',
    });
  });

  test('lists go on where the last page ended, and within a path', async () => {
    for (const name of ['a', 'b', 'c', 'd', 'e']) {
      const path = name < 'd' ? '/x/' : '/y/';
      await root.send(new CreateUserCommand({ UserName: name, Path: path }));
    }
    const first = await root.send(new ListUsersCommand({ MaxItems: 3 }));
    expect(first.Users?.map((user) => user.UserName)).toEqual(['a', 'b', 'c']);
    expect(first.IsTruncated).toBe(true);
    const second = await root.send(new ListUsersCommand({ MaxItems: 3, Marker: first.Marker }));
    expect(second.Users?.map((user) => user.UserName)).toEqual(['d', 'e']);
    expect([second.IsTruncated, second.Marker]).toEqual([false, undefined]);
    const inside = await root.send(new ListUsersCommand({ PathPrefix: '/y/', MaxItems: 2 }));
    expect(inside.Users?.map((user) => user.UserName)).toEqual(['d', 'e']);
    expect(inside.IsTruncated).toBe(false);
    const otherList = new ListUsersCommand({ PathPrefix: '/x/', Marker: first.Marker });
    expect(await refusal(root.send(otherList))).toMatchObject({ statusCode: 400 });
    const invented = new ListUsersCommand({ Marker: 'invented' });
    expect(await refusal(root.send(invented))).toMatchObject({ statusCode: 400 });
  });
});

describe('permissions', () => {
  const document = JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: 'iam:GetUser',
      Resource: `arn:aws:iam::${ACCOUNT}:user/*`,
    },
  });

  test('a policy allows from the moment it is attached until it is detached', async () => {
    const alice = deployment.iam(await createUser('alice'));
    const denied = {
      statusCode: 403,
      code: 'AccessDenied',
      message: `User: arn:aws:iam::${ACCOUNT}:user/alice is not authorized to perform: iam:GetUser on resource: user alice because no identity-based policy allows the iam:GetUser action`,
    };
    expect(await refusal(alice.send(new GetUserCommand({})))).toEqual(denied);
    const { Policy } = await root.send(
      new CreatePolicyCommand({ PolicyName: 'read', PolicyDocument: document }),
    );
    const attachment = { UserName: 'alice', PolicyArn: Policy?.Arn };
    await root.send(new AttachUserPolicyCommand(attachment));
    expect((await alice.send(new GetUserCommand({}))).User?.UserName).toBe('alice');
    await root.send(new DetachUserPolicyCommand(attachment));
    expect(await refusal(alice.send(new GetUserCommand({})))).toEqual(denied);
  });

  test('a refusal is the same for a user that exists and for one that does not', async () => {
    const alice = deployment.iam(await createUser('alice'));
    await root.send(new CreateUserCommand({ UserName: 'carol', Path: '/hidden/' }));
    const [there, gone] = await Promise.all(
      ['carol', 'nobody'].map((name) =>
        refusal(alice.send(new GetUserCommand({ UserName: name }))),
      ),
    );
    expect(gone?.message.replace('nobody', 'carol')).toBe(there?.message);
    expect(gone?.code).toBe('AccessDenied');
  });

  test('a key that is made with another secret signs nothing', async () => {
    const { accessKeyId } = await createUser('alice');
    const forged = deployment.sts({ accessKeyId, secretAccessKey: 'x'.repeat(40) });
    expect(await refusal(forged.send(new GetCallerIdentityCommand({})))).toMatchObject({
      statusCode: 403,
      code: 'SignatureDoesNotMatch',
    });
  });
});

test('everyone may ask who they are', async () => {
  const alice = await createUser('alice');
  const { User } = await root.send(new GetUserCommand({ UserName: 'alice' }));
  const identity = await deployment.sts(alice).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    UserId: User?.UserId,
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  });
  const rootIdentity = await deployment.sts().send(new GetCallerIdentityCommand({}));
  expect(rootIdentity).toMatchObject({
    UserId: ACCOUNT,
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:root`,
  });
});
