import type { RouteCatalogue } from '../core/catalogue/route-catalogue';
import type { IamError } from '../protocol/errors';
import type { AnswerCacheKey } from './answer-cache';
import type { DecidedRoute, GuardedAnswer } from './answers/guarded-answer';
import type { GuardedRequest } from './events/guarded-request';

/** How one kind of gateway asks, and how it wants to be answered. */
export interface GatewayForm<Event, Answer> {
  /**
   * Errors: TypeError for what is no such event, which is an error of the deployment; IamError for what its caller did wrong.
   */
  readonly read: (event: Event) => GuardedRequest | Promise<GuardedRequest>;
  /** The routes of what is guarded, where they are not those that the store has for the gateway. */
  readonly catalogue?: () => RouteCatalogue | undefined;
  /** Under which keys such a gateway can keep answers that are policies; left out where it never does. */
  readonly keeps?: {
    readonly keys: readonly AnswerCacheKey[];
    /** Whether different paths have one form in its events, and so one key. */
    readonly decodesPaths: boolean;
  };
  /** What the gateway is told of a call whose caller is known, with the routes that this lets through. */
  readonly decided: (answer: GuardedAnswer) => Written<Answer>;
  /** Whether whoever is refused may read more than that it is so, and asks for it to be sealed. */
  readonly tellsDenials?: true;
  /** What the gateway is told of a call without good credentials. Throws where a throw is the gateway's way to its 401. */
  readonly unauthorized: (error: IamError) => Answer;
}

export interface Written<Answer> {
  readonly answer: Answer;
  readonly allowed: readonly DecidedRoute[];
}
