import { readFileSync } from 'node:fs';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AuthorizerStack } from '../../lib/authorizer-stack';
import type { AuthorizerStackProps } from '../../lib/authorizer-stack';
import { ControlPlaneStack } from '../../lib/control-plane-stack';
import type { ControlPlaneStackProps } from '../../lib/control-plane-stack';
import { DataStack } from '../../lib/data-stack';
import type { DataStackProps } from '../../lib/data-stack';
import type { SandboxOption } from '../../lib/removal';

// CloudFormation's own rules are for `cdk synth`: here they would cost seconds at each synthesis.
process.env['CDK_VALIDATION'] = 'false';

const { context: flags } = JSON.parse(
  readFileSync(path.join(__dirname, '..', '..', 'cdk.json'), 'utf8'),
) as { context: Record<string, unknown> };

/** An app with the feature flags of the deployed one, which bundles no function. */
export function createApp(context: Record<string, unknown> = {}): App {
  return new App({
    analyticsReporting: false,
    context: {
      ...flags,
      'aws:cdk:bundling-stacks': [],
      ...context,
    },
  });
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly DependsOn?: string | readonly string[];
}

/** Every resource of a stack's template by its logical id. */
export function resourcesOf(stack: Stack): Record<string, Resource> {
  const template = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  return template.Resources;
}

export interface Deployment {
  readonly data: DataStack;
  readonly controlPlane: ControlPlaneStack;
  readonly authorizer: AuthorizerStack;
}

/** The three stacks, as the app builds them. */
export function buildDeployment(
  props: SandboxOption &
    DataStackProps &
    Partial<ControlPlaneStackProps> &
    Partial<AuthorizerStackProps> & { readonly app?: App } = {},
): Deployment {
  const { app = createApp(), ...stackProps } = props;
  const { sandbox, rootCredentialsSecretName } = props;
  const data = new DataStack(app, 'Portcullis-Data', { sandbox, rootCredentialsSecretName });
  const controlPlane = new ControlPlaneStack(app, 'Portcullis-ControlPlane', {
    store: data,
    rootCredentialsSecret: data.rootCredentialsSecret,
    ...stackProps,
  });
  const authorizer = new AuthorizerStack(app, 'Portcullis-Authorizer', {
    store: data,
    ...stackProps,
  });
  return { data, controlPlane, authorizer };
}
