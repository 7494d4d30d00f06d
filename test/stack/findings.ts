import { Validations } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** The acknowledged findings at one construct, with their reasons. */
export function acknowledgedAt(construct: IConstruct): [id: string, reason: string][] {
  return construct.node.metadata
    .filter((entry) => entry.type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap((entry) => Object.entries(entry.data as Record<string, string>));
}

/** What the rule packs find in a stack and no construct on the way to the finding acknowledges. */
export function findingsIn(stack: Stack): string[] {
  const constructs = new Map(
    stack.node.findAll().map((construct) => [construct.node.path, construct]),
  );
  const packs = {
    AwsSolutions: new AwsSolutionsChecks(stack),
    Serverless: new ServerlessChecks(stack),
  };
  return Object.entries(packs).flatMap(([name, pack]) =>
    pack.validateScope(stack).violations.flatMap((violation) =>
      violation.violatingResources
        .filter(({ constructPath }) => {
          const scopes = constructs.get(constructPath ?? '')?.node.scopes ?? [];
          const id = `${name}::${violation.ruleName}`;
          return !scopes.flatMap(acknowledgedAt).some(([acknowledged]) => acknowledged === id);
        })
        .map(({ constructPath }) => `${violation.ruleName} at ${constructPath ?? 'nowhere'}`),
    ),
  );
}
