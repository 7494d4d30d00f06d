import { createHash } from 'node:crypto';

import { TemplateError } from './template';
import type { TemplateValue } from './template';

/** What CloudFormation would answer for Ref and Fn::GetAtt of one resource. */
export interface ResourceIdentity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What an identity is made from. `property` resolves a property; undefined when the template does not set it. */
export interface ResourceFacts {
  readonly stackName: string;
  readonly accountId: string;
  readonly region: string;
  readonly logicalId: string;
  property(name: string): TemplateValue | undefined;
}

type Identify = (facts: ResourceFacts) => ResourceIdentity;

/**
 * The identity of a resource that has no code behind it. Ids are derived from stack and logical id, so they outlive a
 * restart. Throws TemplateError for a type whose answers the local run does not know.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
 */
export function identifyResource(type: string, facts: ResourceFacts): ResourceIdentity {
  const identify = IDENTITIES[type];
  if (identify === undefined) {
    throw new TemplateError(
      `the local run does not know what Ref and Fn::GetAtt of ${facts.logicalId} (${type}) are`,
    );
  }
  return identify(facts);
}

/** A stable id of so many characters from a-z and 0-9 (the first one a letter), as API Gateway makes them. */
export function stableId(seed: string, length: number): string {
  const digest = createHash('sha256').update(seed).digest();
  let id = '';
  for (const byte of digest.subarray(0, length)) {
    id += id === '' ? String.fromCharCode(97 + (byte % 26)) : (byte % 36).toString(36);
  }
  return id;
}

function stableUuid(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function seedOf(facts: ResourceFacts): string {
  return `${facts.accountId}/${facts.region}/${facts.stackName}/${facts.logicalId}`;
}

function arn(facts: ResourceFacts, service: string, resource: string): string {
  return `arn:aws:${service}:${facts.region}:${facts.accountId}:${resource}`;
}

function text(facts: ResourceFacts, name: string): string | undefined {
  const value = facts.property(name);
  if (value === undefined) return undefined;
  if (typeof value === 'string') return value;
  throw new TemplateError(`${name} of ${facts.logicalId} is not a string`);
}

function required(facts: ResourceFacts, name: string): string {
  const value = text(facts, name);
  if (value === undefined) throw new TemplateError(`${facts.logicalId} has no ${name}`);
  return value;
}

/** The name that the template gives, else one as CloudFormation generates it, cut to what the service allows. */
function nameOf(facts: ResourceFacts, property: string, maximumLength: number): string {
  const given = text(facts, property);
  if (given !== undefined) return given;
  const suffix = stableId(seedOf(facts), 12).toUpperCase();
  const stem = `${facts.stackName}-${facts.logicalId}`.slice(0, maximumLength - suffix.length - 1);
  return `${stem}-${suffix}`;
}

function named(property: string, service: string, prefix: string, maximumLength: number): Identify {
  return (facts) => {
    const name = nameOf(facts, property, maximumLength);
    return { ref: name, attributes: { Arn: arn(facts, service, `${prefix}${name}`) } };
  };
}

function identified(length: number, attribute?: string): Identify {
  return (facts) => {
    const id = stableId(seedOf(facts), length);
    return { ref: id, attributes: attribute === undefined ? {} : { [attribute]: id } };
  };
}

function byName(property: string): Identify {
  return (facts) => ({ ref: nameOf(facts, property, 128), attributes: {} });
}

const IDENTITIES: Readonly<Record<string, Identify | undefined>> = {
  'AWS::DynamoDB::Table': (facts) => {
    const name = nameOf(facts, 'TableName', 255);
    const table = arn(facts, 'dynamodb', `table/${name}`);
    return {
      ref: name,
      attributes: { Arn: table, StreamArn: `${table}/stream/2026-01-01T00:00:00.000` },
    };
  },
  'AWS::Lambda::Function': named('FunctionName', 'lambda', 'function:', 64),
  'AWS::Lambda::Version': (facts) => ({
    ref: `${functionArn(facts)}:1`,
    attributes: { Version: '1', FunctionArn: functionArn(facts) },
  }),
  'AWS::Lambda::Alias': (facts) => ({
    ref: `${functionArn(facts)}:${required(facts, 'Name')}`,
    attributes: { AliasArn: `${functionArn(facts)}:${required(facts, 'Name')}` },
  }),
  'AWS::KMS::Key': (facts) => {
    const id = stableUuid(seedOf(facts));
    return { ref: id, attributes: { Arn: arn(facts, 'kms', `key/${id}`), KeyId: id } };
  },
  'AWS::KMS::Alias': (facts) => ({ ref: required(facts, 'AliasName'), attributes: {} }),
  'AWS::SecretsManager::Secret': (facts) => {
    const id = arn(
      facts,
      'secretsmanager',
      `secret:${nameOf(facts, 'Name', 512)}-${stableId(seedOf(facts), 6)}`,
    );
    return { ref: id, attributes: { Id: id } };
  },
  'AWS::IAM::Role': (facts) => {
    const name = nameOf(facts, 'RoleName', 64);
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:iam::${facts.accountId}:role/${name}`,
        RoleId: `AROA${stableId(seedOf(facts), 17).toUpperCase()}`,
      },
    };
  },
  'AWS::Logs::LogGroup': (facts) => {
    const name = nameOf(facts, 'LogGroupName', 512);
    return { ref: name, attributes: { Arn: arn(facts, 'logs', `log-group:${name}:*`) } };
  },
  'AWS::SNS::Topic': (facts) => {
    const name = nameOf(facts, 'TopicName', 256);
    const topic = arn(facts, 'sns', name);
    return { ref: topic, attributes: { TopicArn: topic, TopicName: name } };
  },
  'AWS::S3::Bucket': (facts) => {
    const name = nameOf(facts, 'BucketName', 63).toLowerCase();
    return {
      ref: name,
      attributes: {
        Arn: `arn:aws:s3:::${name}`,
        DomainName: `${name}.s3.amazonaws.com`,
        RegionalDomainName: `${name}.s3.${facts.region}.amazonaws.com`,
      },
    };
  },
  'AWS::SSM::Parameter': (facts) => ({
    ref: nameOf(facts, 'Name', 1011),
    attributes: { Type: text(facts, 'Type') ?? '', Value: text(facts, 'Value') ?? '' },
  }),
  'AWS::ECR::Repository': named('RepositoryName', 'ecr', 'repository/', 256),
  'AWS::CloudWatch::Alarm': named('AlarmName', 'cloudwatch', 'alarm:', 255),
  'AWS::ApiGateway::RestApi': (facts) => {
    const id = stableId(seedOf(facts), 10);
    return {
      ref: id,
      attributes: { RestApiId: id, RootResourceId: stableId(`${seedOf(facts)}/`, 10) },
    };
  },
  'AWS::ApiGateway::Resource': identified(6, 'ResourceId'),
  'AWS::ApiGateway::Deployment': identified(6, 'DeploymentId'),
  'AWS::ApiGateway::Authorizer': identified(6, 'AuthorizerId'),
  'AWS::ApiGateway::RequestValidator': identified(6, 'RequestValidatorId'),
  'AWS::ApiGatewayV2::Api': (facts) => {
    const id = stableId(seedOf(facts), 10);
    const isWebSocket = facts.property('ProtocolType') === 'WEBSOCKET';
    return {
      ref: id,
      attributes: {
        ApiId: id,
        ApiEndpoint: `${isWebSocket ? 'wss' : 'https'}://${id}.execute-api.${facts.region}.amazonaws.com`,
      },
    };
  },
  'AWS::ApiGatewayV2::Authorizer': identified(6, 'AuthorizerId'),
  'AWS::ApiGatewayV2::Deployment': identified(6, 'DeploymentId'),
  'AWS::ApiGatewayV2::Integration': identified(7, 'IntegrationId'),
  'AWS::ApiGatewayV2::Route': identified(7, 'RouteId'),
  'AWS::ApiGatewayV2::Stage': byName('StageName'),
  'AWS::ApiGateway::Model': byName('Name'),
  'AWS::ApiGateway::Stage': byName('StageName'),
};

function functionArn(facts: ResourceFacts): string {
  const name = required(facts, 'FunctionName');
  return name.startsWith('arn:') ? name : arn(facts, 'lambda', `function:${name}`);
}
