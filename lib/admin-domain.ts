import { CfnOutput, Token } from 'aws-cdk-lib';
import { EndpointType, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Construct } from 'constructs';

/** A name of one's own for the administrators' API. */
export interface AdminDomain {
  /** E.g. `iam.example.com`. */
  readonly domainName: string;
  /** The ARN of its certificate in ACM, in the region of the stack. */
  readonly certificateArn: string;
}

/** Properties of {@link AdminDomainName}. */
export interface AdminDomainNameProps extends AdminDomain {
  /** The administrators' API. */
  readonly restApi: RestApi;
}

/**
 * Serves the administrators' API under a name of one's own, at its root. The outputs say where the name has to point to: whoever
 * has the zone makes the record.
 *
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-regional-api-custom-domain-create.html
 */
export class AdminDomainName extends Construct {
  constructor(scope: Construct, id: string, props: AdminDomainNameProps) {
    super(scope, id);
    const { restApi, domainName, certificateArn } = props;
    requireDomainName(domainName);
    const domain = restApi.addDomainName('Domain', {
      domainName,
      certificate: Certificate.fromCertificateArn(this, 'Certificate', certificateArn),
      endpointType: EndpointType.REGIONAL,
      securityPolicy: SecurityPolicy.TLS_1_2,
    });
    new CfnOutput(this, 'Target', {
      description: `CNAME of ${domainName}, or the alias target of its A record`,
      value: domain.domainNameAliasDomainName,
    }).overrideLogicalId('AdminDomainTarget');
    new CfnOutput(this, 'TargetHostedZoneId', {
      description: 'Hosted zone of that alias target',
      value: domain.domainNameAliasHostedZoneId,
    }).overrideLogicalId('AdminDomainTargetHostedZoneId');
  }
}

function requireDomainName(domainName: string): void {
  const isName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/.test(domainName);
  if (Token.isUnresolved(domainName) || (isName && domainName.length <= 253)) return;
  throw new Error(
    `domainName must be a host name in lower case, but was ${JSON.stringify(domainName)}`,
  );
}
