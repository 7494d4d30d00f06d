import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { PolicyDocument } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { PortcullisAuthorizer } from './portcullis-authorizer';
import { serviceProblem } from './route';
import { requireAccountId } from './validation';

/** Properties of {@link ServicePolicy}. */
export interface ServicePolicyProps {
  /** The deployment that guards the APIs of the service; in the account and region of this stack. */
  readonly authorizer: PortcullisAuthorizer;
  /** The service that the policy is of: `orders`. */
  readonly service: string;
  /** Each statement names its principals. */
  readonly document: PolicyDocument;
  /**
   * The twelve digits in the ARNs of the service's resources.
   *
   * @default - the account of the stack
   */
  readonly accountId?: string;
}

/**
 * The resource-based policy of every resource of a service. It lets in whom no policy of its own lets in, other accounts and everybody
 * among them, and it forbids. It is the same as what `PutServicePolicy` puts; one that an administrator or another stack has put is not
 * replaced.
 */
export class ServicePolicy extends Construct {
  constructor(scope: Construct, id: string, props: ServicePolicyProps) {
    super(scope, id);
    const { authorizer, service, document, accountId } = props;
    const problem = serviceProblem(service);
    if (problem !== undefined) throw new Error(problem);
    if (accountId !== undefined) requireAccountId('accountId', accountId);
    this.node.addValidation({
      validate: () =>
        document.isEmpty
          ? ['the policy of the service has no statement']
          : document.validateForResourcePolicy(),
    });
    const stack = Stack.of(this);
    new CustomResource(this, 'Registration', {
      resourceType: 'Custom::PortcullisServicePolicy',
      serviceToken: authorizer.requireServiceRegistrarArn(),
      serviceTimeout: Duration.minutes(2),
      properties: {
        AccountId: accountId ?? stack.account,
        Service: service,
        // As text: CloudFormation would make texts of the numbers and truth values in it.
        PolicyDocument: stack.toJsonString(document),
      },
    });
  }
}
