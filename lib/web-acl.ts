import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { requireWholeNumber } from './validation';

/** Properties of {@link AdminWebAcl}. */
export interface AdminWebAclProps {
  /** The administrators' API. */
  readonly restApi: RestApi;
  /**
   * The ARN of a web ACL of one's own, in the region of the stack.
   *
   * @default - one is made: AWS's list of bad addresses, and a limit for each address
   */
  readonly webAclArn?: string;
  /**
   * Requests from one address in five minutes, beyond which it is refused. For the web ACL that is made.
   *
   * @default 2000
   */
  readonly requestsPerAddress?: number;
}

/** AWS's groups that look at no body: a policy document may hold anything, and rules would mistake it for an attack. */
const MANAGED_GROUPS = ['AWSManagedRulesAmazonIpReputationList'] as const;

/**
 * Puts a web ACL before the administrators' API. Costs by the month.
 *
 * Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
 */
export class AdminWebAcl extends Construct {
  constructor(scope: Construct, id: string, props: AdminWebAclProps) {
    super(scope, id);
    const { restApi, requestsPerAddress = 2000 } = props;
    requireWholeNumber('requestsPerAddress', requestsPerAddress, 10, 2_000_000_000);
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: restApi.deploymentStage.stageArn,
      webAclArn: props.webAclArn ?? this.createWebAcl(requestsPerAddress).attrArn,
    });
  }

  private createWebAcl(requestsPerAddress: number): CfnWebACL {
    return new CfnWebACL(this, 'WebAcl', {
      scope: 'REGIONAL',
      description: 'Portcullis: before the IAM and STS APIs',
      defaultAction: { allow: {} },
      visibilityConfig: visibilityOf('Portcullis'),
      rules: [
        ...MANAGED_GROUPS.map((name, index) => ({
          name,
          priority: index,
          overrideAction: { none: {} },
          statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
          visibilityConfig: visibilityOf(name),
        })),
        {
          name: 'RequestsPerAddress',
          priority: MANAGED_GROUPS.length,
          action: { block: {} },
          statement: {
            rateBasedStatement: { aggregateKeyType: 'IP', limit: requestsPerAddress },
          },
          visibilityConfig: visibilityOf('RequestsPerAddress'),
        },
      ],
    });
  }
}

function visibilityOf(metricName: string): CfnWebACL.VisibilityConfigProperty {
  // A sample would hold headers, and with them signatures.
  return { cloudWatchMetricsEnabled: true, metricName, sampledRequestsEnabled: false };
}
