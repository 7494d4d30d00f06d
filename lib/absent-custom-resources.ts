import { Annotations, Aspects, CfnResource, CustomResource } from 'aws-cdk-lib';
import type { IAspect } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * Leaves the custom resources below a scope out, for emulators of AWS that run no functions: their CloudFormation would wait for
 * an answer for ever. What depends on one still can: a resource that is nothing stands in its place.
 *
 * Nobody can sign in to such a deployment, because there is no root access key, and no route is known: everything is denied.
 */
export class AbsentCustomResources implements IAspect {
  /**
   * Leaves out what is below this scope where its context says `customResources=false`. Throws for anything but true and false.
   */
  static byContext(scope: IConstruct): void {
    const given: unknown = scope.node.tryGetContext('customResources') ?? true;
    if (given === true || given === 'true') return;
    if (given !== false && given !== 'false') {
      throw new Error(
        `context customResources must be true or false, but was ${JSON.stringify(given)}`,
      );
    }
    Aspects.of(scope).add(new AbsentCustomResources());
  }

  visit(node: IConstruct): void {
    const resource = node instanceof CustomResource ? node.node.defaultChild : undefined;
    if (resource === undefined || !CfnResource.isCfnResource(resource)) return;
    resource.addOverride('Type', 'AWS::CloudFormation::WaitConditionHandle');
    resource.addDeletionOverride('Properties');
    Annotations.of(node).addWarningV2(
      '@portcullis/lib:absentCustomResource',
      'customResources is false: this is left out of the template',
    );
  }
}
