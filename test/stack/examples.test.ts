import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readKeptAnswers } from '../../examples/answer-cache';
import { InvoicesStack } from '../../examples/multi-tenant/invoices-stack';
import { RecipesStack } from '../../examples/oidc-login/recipes-stack';
import { LibraryStack } from '../../examples/openapi-routes/library-stack';
import { TasksStack } from '../../examples/protect-appsync/tasks-stack';
import { NotesStack } from '../../examples/protect-http-api/notes-stack';
import { ParcelsStack } from '../../examples/protect-rest-api/parcels-stack';
import { readScenarios } from '../../bin/commands/scenario-files';
import { runTest } from '../../bin/commands/test';
import { createApp } from './synthesize';

const PROPS = {
  portcullisPrefix: 'Portcullis',
  env: { account: '123456789012', region: 'eu-west-1' },
};

interface Guarded {
  readonly Properties: { readonly AuthorizationType?: string; readonly AuthorizerId?: unknown };
}

/** Every route that the stack's APIs serve. */
function routesOf(stack: Stack): readonly Guarded[] {
  const template = Template.fromStack(stack);
  return ['AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Route'].flatMap(
    (type) => Object.values(template.findResources(type)) as Guarded[],
  );
}

const registered = (stack: Stack): string[] => {
  const [catalogue] = Object.values(
    Template.fromStack(stack).findResources('Custom::PortcullisRouteCatalogue'),
  ) as { Properties: { Routes: { Action: string }[] } }[];
  return (catalogue?.Properties.Routes ?? []).map(({ Action }) => Action);
};

test.each([
  [
    'protect-rest-api',
    new ParcelsStack(createApp(), 'Parcels', PROPS),
    ['parcels:ListParcels', 'parcels:GetParcel', 'parcels:ChangeAddress'],
  ],
  [
    'openapi-routes',
    new LibraryStack(createApp(), 'Library', PROPS),
    ['library:ListBooks', 'library:GetBook', 'library:LendBook', 'library:ReturnBook'],
  ],
  [
    'oidc-login',
    new RecipesStack(createApp(), 'Recipes', { ...PROPS, pageOrigin: 'https://page.example.com' }),
    ['recipes:ListRecipes', 'recipes:GetRecipe'],
  ],
  [
    'multi-tenant',
    new InvoicesStack(createApp(), 'Invoices', PROPS),
    ['invoices:ListInvoices', 'invoices:GetInvoice', 'invoices:WriteInvoice'],
  ],
])('every route of %s is guarded, and has an action', (_name, stack, actions) => {
  const routes = routesOf(stack);
  expect(routes).toHaveLength(actions.length);
  for (const { Properties } of routes) {
    expect(Properties.AuthorizationType).toBe('CUSTOM');
    expect(Properties.AuthorizerId).toBeDefined();
  }
  expect(registered(stack)).toEqual(actions);
});

test('the GraphQL API of protect-appsync has no other way in, and each root field an action', () => {
  const stack = new TasksStack(createApp(), 'Tasks', PROPS);
  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::AppSync::GraphQLApi', { AuthenticationType: 'AWS_LAMBDA' });
  const [api] = Object.values(template.findResources('AWS::AppSync::GraphQLApi')) as {
    Properties: object;
  }[];
  expect(api?.Properties).not.toHaveProperty('AdditionalAuthenticationProviders');
  const resolvers = Object.keys(template.findResources('AWS::AppSync::Resolver'));
  expect(resolvers).toHaveLength(registered(stack).length);
});

describe('an example whose gateway keeps answers', () => {
  const read = (context: Record<string, unknown>) => readKeptAnswers(createApp(context).node);
  const keptAnswers = read({ answerCacheSeconds: '300', cacheTtlSeconds: '60' });
  const template = (stack: Stack) => Template.fromStack(stack);

  test('does so where it is told to, for as long, and looks at no header then', () => {
    const parcels = new ParcelsStack(createApp(), 'Parcels', { ...PROPS, keptAnswers });
    const kept = { AuthorizerResultTtlInSeconds: 60 };
    template(parcels).hasResourceProperties('AWS::ApiGateway::Authorizer', kept);
    const catalogues = template(parcels).findResources('Custom::PortcullisRouteCatalogue');
    expect(JSON.stringify(catalogues)).not.toContain('header.x-channel');
    const notes = new NotesStack(createApp(), 'Notes', { ...PROPS, keptAnswers });
    template(notes).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', kept);
  });

  test('keeps them by caller where the deployment does, which an HTTP API cannot', () => {
    const seconds = { answerCacheSeconds: 300, cacheTtlSeconds: 60 };
    const props = { ...PROPS, keptAnswers: read({ ...seconds, answerCacheKey: 'caller' }) };
    template(new ParcelsStack(createApp(), 'Parcels', props)).hasResourceProperties(
      'AWS::ApiGateway::Authorizer',
      { AuthorizerResultTtlInSeconds: 60, IdentitySource: 'method.request.header.Authorization' },
    );
    expect(() => new NotesStack(createApp(), 'Notes', props)).toThrow("kept by 'request' alone");
  });

  test('keeps none where it is told nothing', () => {
    expect(read({ answerCacheSeconds: 300 })).toBeUndefined();
    const none = { AuthorizerResultTtlInSeconds: 0 };
    const parcels = new ParcelsStack(createApp(), 'Parcels', PROPS);
    template(parcels).hasResourceProperties('AWS::ApiGateway::Authorizer', none);
    const catalogues = template(parcels).findResources('Custom::PortcullisRouteCatalogue');
    expect(JSON.stringify(catalogues)).toContain('header.x-channel');
    const notes = new NotesStack(createApp(), 'Notes', PROPS);
    template(notes).hasResourceProperties('AWS::ApiGatewayV2::Authorizer', none);
  });

  test('reads what it is told strictly', () => {
    const seconds = { answerCacheSeconds: 300, cacheTtlSeconds: 60 };
    const maximumTtl = Duration.seconds(300);
    expect(read({ ...seconds, answerCacheKey: 'caller' })).toEqual({
      answerCache: { maximumTtl, key: 'caller' },
      cacheTtl: Duration.seconds(60),
    });
    expect(() => read({ cacheTtlSeconds: 60 })).toThrow('answerCacheSeconds of the deployment');
    for (const wrong of ['', '0', '-1', '1.5', ' 2', '2s', '99999', 0, 3601, 1.5, true, null, []]) {
      expect(() => read({ ...seconds, cacheTtlSeconds: wrong })).toThrow('a whole number');
      expect(() => read({ ...seconds, answerCacheSeconds: wrong })).toThrow('a whole number');
    }
    expect(() => read({ ...seconds, answerCacheKey: 'Caller' })).toThrow('request or caller');
  });

  test('keeps them no longer than the deployment lets it', () => {
    const tooLong = read({ answerCacheSeconds: 60, cacheTtlSeconds: 61 });
    for (const Example of [ParcelsStack, NotesStack]) {
      expect(() => new Example(createApp(), 'Example', { ...PROPS, keptAnswers: tooLong })).toThrow(
        'a whole number from 1 to 60, but was 61',
      );
    }
  });
});

describe('the policy of multi-tenant', () => {
  const file = path.join(__dirname, '..', '..', 'examples', 'multi-tenant', 'policy-tests.json');

  test('decides as its tests say', () => {
    jest.spyOn(process.stdout, 'write').mockImplementation(() => true);
    expect(runTest([file], { quiet: true })).toBe(0);
    jest.restoreAllMocks();
  });

  test('is the one that its tests are about', () => {
    const policy: unknown = jest.requireActual(
      '../../examples/multi-tenant/policies/own-tenant.json',
    );
    const scenarios = readScenarios(file);
    expect(scenarios.length).toBeGreaterThan(5);
    for (const { text } of scenarios) {
      expect(JSON.parse(text)).toMatchObject({ policies: { identity: [policy] } });
    }
  });
});
