import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { SynthesizedStack } from '../../local/assembly';
import { Stacks } from '../../local/stacks';
import type {
  ResourceDefinition,
  Template,
  TemplateObject,
  TemplateValue,
} from '../../local/template';

/** A folder that is removed with everything in it. */
export function createFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'portcullis-local-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export function createStack(
  resources: Readonly<Record<string, ResourceDefinition>>,
  rest: Partial<Template> & { stackName?: string } = {},
): SynthesizedStack {
  const { stackName = 'Test', ...template } = rest;
  return {
    stackName,
    accountId: '123456789012',
    region: 'eu-west-1',
    template: { Resources: resources, ...template },
    assetPaths: new Map(),
  };
}

export function createStacks(
  resources: Readonly<Record<string, ResourceDefinition>>,
  rest: Partial<Template> = {},
): Stacks {
  return new Stacks([createStack(resources, rest)]);
}

/** A stack whose functions' code is written out by the fixture. */
export interface AssemblyStack {
  readonly template: Template;
  /** Asset name -> JavaScript of its index.js. */
  readonly assets?: Readonly<Record<string, string>>;
}

/** Writes a cloud assembly as `cdk synth` does. */
export function writeAssembly(
  directory: string,
  stacks: Readonly<Record<string, AssemblyStack>>,
): void {
  mkdirSync(directory, { recursive: true });
  const artifacts: Record<string, unknown> = {};
  for (const [stackName, { template, assets = {} }] of Object.entries(stacks)) {
    const files: Record<string, unknown> = {};
    for (const [name, source] of Object.entries(assets)) {
      mkdirSync(join(directory, `asset.${name}`), { recursive: true });
      writeFileSync(join(directory, `asset.${name}`, 'index.js'), source);
      files[name] = {
        source: { path: `asset.${name}`, packaging: 'zip' },
        destinations: { current: { bucketName: 'assets', objectKey: `${name}.zip` } },
      };
    }
    writeFileSync(join(directory, `${stackName}.template.json`), JSON.stringify(template));
    writeFileSync(join(directory, `${stackName}.assets.json`), JSON.stringify({ files }));
    artifacts[`${stackName}.assets`] = {
      type: 'cdk:asset-manifest',
      properties: { file: `${stackName}.assets.json` },
    };
    artifacts[stackName] = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: `${stackName}.template.json` },
    };
  }
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ version: '48.0.0', artifacts }));
}

export function functionResource(
  asset: string,
  environment: TemplateObject = {},
  more: TemplateObject = {},
): ResourceDefinition {
  return {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}' }, S3Key: `${asset}.zip` },
      Environment: { Variables: environment },
      ...more,
    },
  };
}

/** The resources of one REST API: a method each, guarded where `authorizer` names one. */
export function restApiResources(
  id: string,
  routes: readonly {
    method: string;
    path: string;
    functionId: string;
    authorizer?: boolean;
    isPermitted?: boolean;
    more?: TemplateObject;
  }[],
  authorizer?: { functionId: string; properties?: TemplateObject; isPermitted?: boolean },
): Record<string, ResourceDefinition> {
  const resources: Record<string, ResourceDefinition> = {
    [id]: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: id } },
    [`${id}Stage`]: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: { RestApiId: { Ref: id }, StageName: 'prod' },
    },
  };
  if (authorizer !== undefined) addAuthorizer(resources, id, authorizer);
  routes.forEach((route, index) => {
    resources[`${id}Method${index}`] = {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        RestApiId: { Ref: id },
        ResourceId: pathResource(resources, id, route.path),
        HttpMethod: route.method,
        AuthorizationType: route.authorizer === true ? 'CUSTOM' : 'NONE',
        ...(route.authorizer === true ? { AuthorizerId: { Ref: `${id}Authorizer` } } : {}),
        Integration: {
          Type: 'AWS_PROXY',
          IntegrationHttpMethod: 'POST',
          Uri: invocationUri(route.functionId),
        },
        ...route.more,
      },
    };
    if (route.isPermitted !== false) {
      resources[`${id}Permission${index}`] = permission(route.functionId, {
        'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}}/*/*`,
      });
    }
  });
  return resources;
}

export function permission(functionId: string, sourceArn: TemplateValue): ResourceDefinition {
  return {
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [functionId, 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sourceArn,
    },
  };
}

function addAuthorizer(
  resources: Record<string, ResourceDefinition>,
  id: string,
  authorizer: { functionId: string; properties?: TemplateObject; isPermitted?: boolean },
): void {
  resources[`${id}Authorizer`] = {
    Type: 'AWS::ApiGateway::Authorizer',
    Properties: {
      RestApiId: { Ref: id },
      Type: 'REQUEST',
      AuthorizerUri: invocationUri(authorizer.functionId),
      AuthorizerResultTtlInSeconds: 0,
      ...authorizer.properties,
    },
  };
  if (authorizer.isPermitted !== false) {
    resources[`${id}AuthorizerPermission`] = permission(authorizer.functionId, {
      'Fn::Sub': `arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${id}}/authorizers/\${${id}Authorizer}`,
    });
  }
}

function invocationUri(functionId: string): TemplateValue {
  return {
    'Fn::Join': [
      '',
      [
        'arn:aws:apigateway:',
        { Ref: 'AWS::Region' },
        ':lambda:path/2015-03-31/functions/',
        { 'Fn::GetAtt': [functionId, 'Arn'] },
        '/invocations',
      ],
    ],
  };
}

/** Adds the resources of a path that are not there yet; answers how a method refers to the last one. */
function pathResource(
  resources: Record<string, ResourceDefinition>,
  id: string,
  path: string,
): TemplateValue {
  let parent: TemplateValue = { 'Fn::GetAtt': [id, 'RootResourceId'] };
  let logicalId = `${id}Path`;
  for (const part of path.split('/').filter((segment) => segment !== '')) {
    logicalId += `0${Buffer.from(part).toString('hex')}`;
    resources[logicalId] ??= {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { RestApiId: { Ref: id }, ParentId: parent, PathPart: part },
    };
    parent = { Ref: logicalId };
  }
  return parent;
}
