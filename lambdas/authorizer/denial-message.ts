import type { Decision } from '../core/decision';
import type { RequestContext } from '../core/request-context';
import { AuthorizationMessages } from '../credentials/authorization-message';
import type { DataKeys } from '../credentials/data-key';
import type { DecidedRoute, GuardedAnswer } from './answers/guarded-answer';

/** Of the text; with what sealing adds it leaves half of what a gateway takes to everything else. */
const MAX_MESSAGE_BYTES = 3000;

/** Longer than this a refusal does not wait to be explained. */
const PATIENCE_MILLISECONDS = 500;

/**
 * The answer with what `aws sts decode-authorization-message` explains its refusals by. A refusal stands whether or not it can be
 * explained: where sealing fails, or takes long, there is nothing to decode.
 *
 * Invariant: only for callers of the resource's own account, since it names policies of that account.
 */
export async function sealDenials(
  answer: GuardedAnswer,
  dataKeys: DataKeys,
): Promise<GuardedAnswer> {
  const messages = new AuthorizationMessages(dataKeys);
  const accountId = answer.caller?.accountId;
  const seal = async (route: DecidedRoute): Promise<DecidedRoute> => {
    const { asked, decision } = route;
    if (accountId === undefined || asked?.resourceAccount !== accountId) return route;
    const text = writeDenial(asked, decision);
    const encodedMessage =
      text === undefined ? undefined : await inTime(messages.seal(text, accountId));
    return { ...route, encodedMessage };
  };
  return { ...answer, routes: await Promise.all(answer.routes.map(seal)) };
}

async function inTime(sealing: Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, PATIENCE_MILLISECONDS);
  });
  try {
    return await Promise.race([sealing, late]);
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * AWS's form; `missingAllows` is our own. Without the conditions where it would be too long with them; undefined where it is too long
 * without.
 *
 * Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
function writeDenial(asked: RequestContext, { decision, because }: Decision): string | undefined {
  const { principal, action, resource, context } = asked;
  const write = (conditions: RequestContext['context']): string =>
    JSON.stringify({
      allowed: false,
      explicitDeny: decision === 'explicitDeny',
      matchedStatements: items(
        because
          .filter(({ effect }) => effect === 'denied')
          .map(({ sid, policyType, policyId, policyArn, statement }) => ({
            ...{ statementId: sid ?? '', effect: 'DENY', policyType, policyId, policyArn },
            statement,
          })),
      ),
      missingAllows: items(
        because
          .filter(({ effect }) => effect === 'notAllowed')
          .map(({ policyType }) => ({ policyType })),
      ),
      failures: items([]),
      context: {
        principal:
          'arn' in principal ? { id: context['aws:userid'], arn: principal.arn } : undefined,
        action,
        resource,
        conditions: items(
          Object.entries(conditions).map(([key, value]) => ({
            key,
            values: items([value].flat().map((each) => ({ value: each }))),
          })),
        ),
      },
    });
  return [context, {}].map(write).find((text) => Buffer.byteLength(text) <= MAX_MESSAGE_BYTES);
}

const items = <Item>(list: readonly Item[]): { readonly items: readonly Item[] } => ({
  items: list,
});
