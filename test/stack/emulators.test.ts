import { CustomResource, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AbsentCustomResources, DataStack } from '../../lib';
import { buildDeployment, createApp, resourcesOf } from './synthesize';

const SECRET_NAME = 'Portcullis/RootCredentials';

/** What the account's function may do with secrets, by action. */
function secretStatements(stack: Stack): Record<string, unknown>[] {
  const [, role] =
    Object.entries(resourcesOf(stack)).find(([id]) => id.startsWith('AccountHandlerRole')) ?? [];
  const policies = role?.Properties['Policies'] as {
    PolicyDocument: { Statement: Record<string, unknown>[] };
  }[];
  return policies
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .filter(({ Action }) => JSON.stringify(Action).includes('secretsmanager:'));
}

describe('a secret that the account’s function makes', () => {
  const { data, controlPlane } = buildDeployment({ rootCredentialsSecretName: SECRET_NAME });

  test('is in no template, and every other resource keeps its logical id', () => {
    const ids = Object.keys(resourcesOf(data));
    const usual = Object.keys(resourcesOf(buildDeployment().data));
    expect(ids).toEqual(usual.filter((id) => !id.startsWith('RootCredentials')));
    expect(JSON.stringify(Template.fromStack(data).toJSON()['Outputs'])).toContain(
      `:secret:${SECRET_NAME}`,
    );
  });

  test('is made, read and written by that function, under that one name', () => {
    Template.fromStack(controlPlane).hasResourceProperties('Custom::PortcullisAccount', {
      SecretName: SECRET_NAME,
    });
    const statements = secretStatements(controlPlane);
    expect(statements.map(({ Action }) => Action)).toEqual([
      [
        'secretsmanager:CreateSecret',
        'secretsmanager:GetSecretValue',
        'secretsmanager:PutSecretValue',
      ],
    ]);
    for (const { Resource } of statements) {
      expect(JSON.stringify(Resource)).toContain(`:secret:${SECRET_NAME}-??????`);
    }
  });

  test('is not made where the template makes it', () => {
    const usual = buildDeployment().controlPlane;
    expect(secretStatements(usual).map(({ Action }) => Action)).toEqual([
      ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue'],
    ]);
    Template.fromStack(usual).hasResourceProperties('Custom::PortcullisAccount', {
      SecretName: Match.absent(),
    });
  });

  test.each(['', 'with a space', 'ends-in-abc123'])('cannot be named %j', (name) => {
    expect(() => new DataStack(createApp(), 'Data', { rootCredentialsSecretName: name })).toThrow(
      'rootCredentialsSecretName must be',
    );
  });
});

describe('custom resources', () => {
  const synthesize = (customResources?: unknown) => {
    const app = createApp({ customResources });
    const stack = new Stack(app, 'Stack');
    new CustomResource(stack, 'Thing', { serviceToken: 'arn', resourceType: 'Custom::Thing' });
    AbsentCustomResources.byContext(app);
    return Template.fromStack(stack);
  };

  test.each([undefined, true, 'true'])('are made where the context says %j', (given) => {
    synthesize(given).resourceCountIs('Custom::Thing', 1);
  });

  test.each([false, 'false'])('are nothing where the context says %j', (given) => {
    const template = synthesize(given);
    template.resourceCountIs('Custom::Thing', 0);
    expect(template.toJSON()['Resources']).toEqual({
      Thing: {
        Type: 'AWS::CloudFormation::WaitConditionHandle',
        DeletionPolicy: 'Delete',
        UpdateReplacePolicy: 'Delete',
      },
    });
  });

  test('are refused any other word', () => {
    expect(() => synthesize('no')).toThrow('context customResources must be true or false');
  });
});
