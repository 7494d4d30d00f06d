import type { ALBEvent, LambdaFunctionURLEvent } from 'aws-lambda';
import { parseRouteCatalogue, type RouteCatalogue } from '../core/catalogue/route-catalogue';
import {
  refusal,
  writeCallAnswer,
  type AuthorizedCall,
  type CallAnswer,
  type Refusal,
} from './answers/call';
import type { Authorizer } from './authorizer';
import { createAuthorizer } from './create-authorizer';
import { readFunctionUrl } from './events/function-url';
import { readInvokedFunction, type InvokedFunction } from './events/invoked-function';
import { readLoadBalancer } from './events/load-balancer';
import type { GatewayForm } from './gateway-form';

/** What is read of the context of an invocation. */
export interface InvocationContext {
  readonly invokedFunctionArn: string;
}

export interface ProtectOptions {
  /**
   * `{ Service, Routes: [{ Method, Path, Action, Resource }] }`: what each call is. A call that no route takes is refused.
   *
   * Default: each call is `lambda:InvokeFunctionUrl`, or `lambda:InvokeFunction` behind a load balancer, on the ARN of the function.
   */
  readonly catalogue?: unknown;
  /** Default: made when the first call comes, from the variables that the authorizer's own function has. */
  readonly authorizer?: Pick<Authorizer, 'answer'>;
}

/**
 * The same function behind a guard: for functions that have no gateway with an authorizer in front, behind a function URL or an
 * Application Load Balancer. The signature is verified with the body itself, the call is decided, and only then is `handler` called,
 * with who calls and what for. Else the answer is 401 (no good credentials), 403 (not allowed) or 500 (an outage of ours, or an event
 * of another kind).
 *
 * The function needs the permissions and the variables of the authorizer's function. Throws `CatalogueRefused` for a catalogue that
 * says what it cannot mean.
 */
export function protect<
  Event extends ALBEvent | LambdaFunctionURLEvent,
  Context extends InvocationContext,
  Result,
>(
  handler: (event: Event, context: Context, call: AuthorizedCall) => Promise<Result>,
  options: ProtectOptions = {},
): (event: Event, context: Context) => Promise<Result | Refusal> {
  const { catalogue } = options;
  const form = callForm(catalogue === undefined ? undefined : parseRouteCatalogue(catalogue));
  let authorizer = options.authorizer;
  return async (event, context) => {
    let answer: CallAnswer;
    try {
      authorizer ??= createAuthorizer(process.env);
      answer = await authorizer.answer(form, { event, context });
    } catch {
      // Logged by the authorizer; an outage is never an Allow, and nobody is told what it is.
      return refusal(500, 'The authorizer could not decide.');
    }
    return answer.allowed ? handler(event, context, answer.call) : answer.refusal;
  };
}

interface Invocation {
  readonly event: ALBEvent | LambdaFunctionURLEvent;
  readonly context: InvocationContext;
}

function callForm(catalogue: RouteCatalogue | undefined): GatewayForm<Invocation, CallAnswer> {
  return {
    read: ({ event, context }) => {
      const invoked = readInvokedFunction(context.invokedFunctionArn);
      return readInvocation(event, invoked, catalogue);
    },
    catalogue: () => catalogue,
    decided: writeCallAnswer,
    tellsDenials: true,
    unauthorized: () => ({ allowed: false, refusal: refusal(401, 'Unauthorized') }),
  };
}

function readInvocation(
  event: ALBEvent | LambdaFunctionURLEvent,
  invoked: InvokedFunction,
  catalogue: RouteCatalogue | undefined,
) {
  const version: unknown = 'version' in event ? event.version : undefined;
  if ('elb' in event.requestContext && version === undefined) {
    return readLoadBalancer(event as ALBEvent, invoked, catalogue);
  }
  if (version === '2.0') {
    return readFunctionUrl(event as LambdaFunctionURLEvent, invoked, catalogue);
  }
  throw new TypeError('the event is neither of a function URL nor of a load balancer');
}
