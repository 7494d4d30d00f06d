import { join } from 'node:path';

import { readAssembly } from '../../local/assembly';
import { CustomResources } from '../../local/custom-resources';
import { Functions } from '../../local/functions';
import { Stacks } from '../../local/stacks';
import { StateDirectory } from '../../local/state-directory';
import type { ResourceDefinition, TemplateObject } from '../../local/template';
import { createFolder, functionResource, writeAssembly } from './fixture';

/** Answers as its property Answer says, and logs what it was asked. */
const HANDLER = `exports.handler = async (event) => {
  console.log(event);
  const { Answer = 'SUCCESS', Id = 'physical' } = event.ResourceProperties;
  if (Answer === 'throw') throw new Error('thrown');
  if (Answer === 'silent') return;
  const answer = { Status: Answer, Reason: 'the reason', PhysicalResourceId: Id, StackId: event.StackId,
    RequestId: Answer === 'stranger' ? 'x' : event.RequestId, LogicalResourceId: event.LogicalResourceId, Data: { Echo: 'from ' + event.LogicalResourceId } };
  await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(answer.Status === 'stranger' ? { ...answer, Status: 'SUCCESS' } : answer) });
};`;

describe('custom resources', () => {
  const folder = createFolder();
  const running: Functions[] = [];
  let made = 0;

  afterAll(async () => {
    await Promise.all(running.map((functions) => functions.restartAll()));
    folder.remove();
  });

  function custom(
    properties: TemplateObject = {},
    more: Partial<ResourceDefinition> = {},
  ): ResourceDefinition {
    return {
      Type: 'Custom::Thing',
      Properties: { ServiceToken: { 'Fn::GetAtt': ['Handler', 'Arn'] }, ...properties },
      ...more,
    };
  }

  /** Deploys once; answers what the function was asked, in order. */
  async function deploy(
    state: StateDirectory,
    resources: Readonly<Record<string, ResourceDefinition>>,
  ): Promise<Record<string, unknown>[]> {
    const directory = join(folder.path, String((made += 1)));
    writeAssembly(directory, {
      Test: {
        template: {
          Resources: { Handler: functionResource('code', {}, { Timeout: 5 }), ...resources },
        },
        assets: { code: HANDLER },
      },
    });
    const asked: Record<string, unknown>[] = [];
    const stacks = new Stacks(
      readAssembly(directory, { accountId: '123456789012', region: 'eu-west-1' }),
    );
    const functions = new Functions({
      stacks,
      runEnvironment: {},
      onLog: (_name, line) => {
        const { message } = JSON.parse(line) as { message?: Record<string, unknown> };
        if (message?.['RequestType'] !== undefined) asked.push(message);
      },
    });
    running.push(functions);
    await new CustomResources(stacks, functions, state).deploy();
    return asked;
  }

  test('each is made after what it depends on, and its answers reach the others', async () => {
    const asked = await deploy(new StateDirectory(undefined), {
      Third: custom({}, { DependsOn: ['Second'] }),
      Second: custom({ From: { 'Fn::GetAtt': ['First', 'Echo'] }, Count: 3, Yes: true }),
      First: custom({ Id: 'first' }),
    });
    expect(asked.map((event) => [event['RequestType'], event['LogicalResourceId']])).toEqual([
      ['Create', 'First'],
      ['Create', 'Second'],
      ['Create', 'Third'],
    ]);
    expect(asked[1]).toMatchObject({
      ResourceType: 'Custom::Thing',
      ResourceProperties: { From: 'from First', Count: '3', Yes: 'true' },
    });
  });

  test('a later start updates, with the properties of before', async () => {
    const state = new StateDirectory(undefined);
    await deploy(state, { Thing: custom({ Name: 'old' }) });
    const [update] = await deploy(state, { Thing: custom({ Name: 'new' }) });
    expect(update).toMatchObject({
      RequestType: 'Update',
      PhysicalResourceId: 'physical',
      ResourceProperties: { Name: 'new' },
      OldResourceProperties: { Name: 'old' },
    });
  });

  test('another physical id after an update deletes the resource of before', async () => {
    const state = new StateDirectory(undefined);
    await deploy(state, { Thing: custom({ Id: 'one' }) });
    const asked = await deploy(state, { Thing: custom({ Id: 'two' }) });
    expect(asked.map((event) => [event['RequestType'], event['PhysicalResourceId']])).toEqual([
      ['Update', 'one'],
      ['Delete', 'one'],
    ]);
  });

  test('one that has left the template is deleted, and deleted once', async () => {
    const state = new StateDirectory(undefined);
    await deploy(state, { Thing: custom() });
    expect(await deploy(state, {})).toMatchObject([
      { RequestType: 'Delete', LogicalResourceId: 'Thing' },
    ]);
    expect(await deploy(state, {})).toEqual([]);
  });

  test('what was forgotten is created again', async () => {
    const state = new StateDirectory(undefined);
    await deploy(state, { Thing: custom() });
    state.write('custom-resources.json', {});
    expect(await deploy(state, { Thing: custom() })).toMatchObject([{ RequestType: 'Create' }]);
  });

  test.each([
    ['FAILED', 'stack Test, resource Thing: the reason'],
    ['throw', 'stack Test, resource Thing: the function failed: thrown'],
    ['silent', 'stack Test, resource Thing: the function ended without an answer to ResponseURL'],
    ['stranger', "stack Test, resource Thing: the answer's RequestId is not the request's"],
    ['MAYBE', `stack Test, resource Thing: the answer's Status is "MAYBE"`],
  ])('the answer %s ends the deployment with its reason', async (answer, reason) => {
    await expect(
      deploy(new StateDirectory(undefined), { Thing: custom({ Answer: answer }) }),
    ).rejects.toThrow(reason);
  });

  test('a circle and a token that is no function of the run are named', async () => {
    const circle = { A: custom({}, { DependsOn: 'B' }), B: custom({ X: { Ref: 'A' } }) };
    await expect(deploy(new StateDirectory(undefined), circle)).rejects.toThrow(
      'Test/A → Test/B → Test/A',
    );
    const stranger = { A: custom({ ServiceToken: 'arn:aws:sns:eu-west-1:123456789012:topic' }) };
    await expect(deploy(new StateDirectory(undefined), stranger)).rejects.toThrow(
      'is no function of this run',
    );
  });
});
