import { addressOf, isCustomResource, placeOf } from './stacks';
import type { Stacks } from './stacks';
import { TemplateError } from './template';

/** What the local run makes or reads. */
const SERVED = [
  'AWS::ApiGateway::',
  'AWS::ApiGatewayV2::',
  'AWS::DynamoDB::Table',
  'AWS::KMS::',
  'AWS::Lambda::Alias',
  'AWS::Lambda::Function',
  'AWS::Lambda::Permission',
  'AWS::Lambda::Version',
  'AWS::SecretsManager::Secret',
];

/** What changes nothing that a caller of an API sees: permissions inside AWS, logs, alarms, firewalls. */
const SILENT = [
  'AWS::ApplicationAutoScaling::',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::',
  'AWS::IAM::',
  'AWS::Logs::',
  'AWS::SNS::',
  'AWS::SecretsManager::ResourcePolicy',
  'AWS::WAFv2::',
];

/** What apps cannot work without. */
const REFUSED = [
  'AWS::CloudFormation::Stack',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Lambda::LayerVersion',
];

/**
 * The resources that would do something on AWS and do nothing here, one sentence each. Throws TemplateError for those
 * without which the app would be another one.
 */
export function listUnservedResources(stacks: Stacks): readonly string[] {
  return stacks.resources.flatMap((resource) => {
    const { type } = resource;
    if (REFUSED.includes(type))
      throw new TemplateError(`${placeOf(resource)}: the local run has no ${type}`);
    if (
      isCustomResource(resource) ||
      [...SERVED, ...SILENT].some((prefix) => type.startsWith(prefix))
    )
      return [];
    return [`${addressOf(resource)} (${type}) does nothing here`];
  });
}
