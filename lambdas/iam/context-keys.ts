import type { PolicyDocument, Statement } from '../core/document';
import { parsePolicy } from '../core/parse';
import { parseTemplate } from '../core/variables';
import { IamError } from '../protocol/errors';

/**
 * The condition keys that a policy's text refers to, each once and as it is written: in conditions, and as variables in resources and in
 * condition values where the policy's version has variables.
 *
 * Errors: InvalidInput; `position` is the text's place in the list that it came in, from 1.
 */
export function readContextKeys(text: string, position: number): readonly string[] {
  // Either kind may be asked about: one has principals, the other must not.
  const document = parsePolicy(text, 'identity').document ?? parsePolicy(text, 'resource').document;
  if (document === undefined) {
    throw invalidPolicyInput(position);
  }
  return contextKeysOf(document);
}

export function contextKeysOf(document: PolicyDocument): readonly string[] {
  const hasVariables = document.Version === '2012-10-17';
  return [...new Set(document.Statement.flatMap((statement) => keysOf(statement, hasVariables)))];
}

/** In the simulator's own words. */
export function invalidPolicyInput(position: number): IamError {
  return new IamError('InvalidInput', `Policy input list item ${position} has invalid content`);
}

function keysOf(
  { Resource = [], NotResource = [], Condition = [] }: Statement,
  hasVariables: boolean,
): readonly string[] {
  const variables = hasVariables ? variablesOf : () => [];
  return [
    ...[...Resource, ...NotResource].flatMap(variables),
    ...Condition.flatMap(({ key, values }) => [key, ...values.flatMap(variables)]),
  ];
}

function variablesOf(text: string): readonly string[] {
  const template = text.includes('${') ? parseTemplate(text) : undefined;
  return (template ?? []).flatMap((part) => (part.kind === 'variable' ? [part.key] : []));
}
