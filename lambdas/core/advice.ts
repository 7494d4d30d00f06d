import { findStatementAdvice } from './advice-rules';
import type { Catalogue } from './catalogue/catalogue';
import { checkPolicyAgainstCatalogue } from './catalogue/check-policy';
import type { PolicyKind } from './document';
import type { Finding } from './finding';
import { FindingCollector } from './findings';
import { offsetOf, statementPath } from './node-path';
import { parsePolicy } from './parse';

/**
 * The second level of judging a policy: what AWS would accept and its author may not have meant. A policy that has errors gets none;
 * `validatePolicy` says what those are.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
 */
export function advisePolicy(
  text: string,
  kind: PolicyKind,
  catalogue?: Catalogue,
): readonly Finding[] {
  const { document, root } = parsePolicy(text, kind);
  if (document === undefined || root === undefined) return [];
  const collector = new FindingCollector(text);
  const report = (finding: Finding) => {
    const [, index, ...rest] = finding.path;
    const path =
      typeof index === 'number' ? [...statementPath(root, index), ...rest] : finding.path;
    collector.report({ ...finding, path }, offsetOf(root, path));
  };
  if (document.Version === undefined) {
    report({
      code: 'MISSING_VERSION',
      path: [],
      message: 'without a Version, policy variables are plain text; write 2012-10-17',
      severity: 'suggestion',
    });
  }
  for (const [index, statement] of document.Statement.entries()) {
    for (const { code, path, message, severity } of findStatementAdvice(
      statement,
      document,
      kind,
    )) {
      report({ code, path: ['Statement', index, ...path], message, severity });
    }
  }
  if (catalogue !== undefined) {
    for (const finding of checkPolicyAgainstCatalogue(document, catalogue)) report(finding);
  }
  return collector.findings;
}
