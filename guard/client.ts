import {
  DecisionUnavailable,
  postQuestion,
  type Json,
  type RequestOptions,
} from './decision-request';
import type { Guarded } from './guard';
import {
  compileFilters,
  readFilters,
  readUndecided,
  type ResourceFilter,
  type UndecidedFilter,
} from './resource-filters';
import type { CredentialProvider, Credentials } from './signature';

export interface ClientOptions {
  /** The deployment's `AdminEndpointUrl`. */
  readonly endpoint: string;
  /** The backend's own, which need `portcullis:EvaluateAccess`, and `portcullis:ListAllowedResources` for lists. */
  readonly credentials: Credentials | CredentialProvider;
  /** Default: `AWS_REGION`, else `us-east-1`. */
  readonly region?: string;
  /** Default: 2900. */
  readonly timeoutMilliseconds?: number;
  /** Default: Node's own. */
  readonly fetch?: typeof fetch;
  /** Default: the clock. */
  readonly now?: () => Date;
}

/** One question about the caller. */
export interface Question {
  /** `orders:GetOrder`. */
  readonly action: string;
  /** The ARN of one resource, or `*`. */
  readonly resource: string;
  /** The resource type of the service's definition. Default: what the ARN's last part begins with, `order` of `order/42`. */
  readonly resourceType?: string;
  /** Condition keys under the service's own prefix. */
  readonly context?: Readonly<Record<string, unknown>>;
}

export interface DecisionOptions {
  /** The caller's session token or access token, where the event has none: that of a WebSocket's messages came with `$connect`. */
  readonly token?: string;
}

/** What somebody may do something with. */
export interface AllowedResources {
  readonly allowed: readonly ResourceFilter[];
  readonly denied: readonly ResourceFilter[];
  readonly undecided: readonly UndecidedFilter[];
  /** What the lists say about one resource. Only `allowed` is allowed; what is undecided can be asked about. */
  readonly decide: (resource: string) => 'allowed' | 'denied' | 'undecided';
}

/** A batch is asked in parts of this many. */
const MAX_QUESTIONS = 50;

/** Asks a deployment's decision endpoint. Make one for each process. */
export class PortcullisClient {
  readonly #options: RequestOptions;

  constructor(options: ClientOptions) {
    this.#options = {
      endpoint: options.endpoint,
      credentials: options.credentials,
      region: options.region ?? process.env['AWS_REGION'] ?? 'us-east-1',
      timeoutMilliseconds: options.timeoutMilliseconds ?? 2900,
      fetch: options.fetch ?? fetch,
      now: options.now ?? (() => new Date()),
    };
  }

  /** Questions about whoever makes a call. */
  as(call: Guarded, options: DecisionOptions = {}): CallerDecisions {
    return new CallerDecisions(this.#options, call, options.token ?? call.token);
  }
}

/** Decisions about one caller, each read anew. Errors of all: {@link DecisionUnavailable}. */
export class CallerDecisions {
  readonly #options: RequestOptions;
  readonly #call: Guarded;
  readonly #token: string | undefined;

  constructor(options: RequestOptions, call: Guarded, token: string | undefined) {
    this.#options = options;
    this.#call = call;
    this.#token = token;
  }

  /** Whether the caller may do the action on the resource; for a list of questions one answer each, in their order. */
  isAllowed(action: string, resource: string, context?: Question['context']): Promise<boolean>;
  isAllowed(questions: readonly Question[]): Promise<boolean[]>;
  async isAllowed(
    asked: string | readonly Question[],
    resource = '',
    context?: Question['context'],
  ): Promise<boolean | boolean[]> {
    if (typeof asked !== 'string') return this.#areAllowed(asked);
    const question = { action: asked, resource, ...(context === undefined ? {} : { context }) };
    const answer = await postQuestion(
      '/access/v1/evaluation',
      { subject: this.#subject(), ...writeQuestion(question) },
      this.#options,
    );
    return readDecision(answer);
  }

  /** On which resources the caller may do the action; `context` tells condition keys, an empty list that there is none. */
  async listAllowed(
    action: string,
    context: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<AllowedResources> {
    const { type, id, properties } = this.#subject();
    const { token, ip_address: address, role_arn: role } = properties;
    const entries = Object.entries(context).map(([key, value]) => ({
      ContextKeyName: key,
      ContextKeyValues: [value].flat(),
    }));
    const answer = await postQuestion(
      '/portcullis/allowed-resources',
      {
        PrincipalType: type,
        Principal: id,
        Action: action,
        ...(token === undefined ? {} : { SessionToken: token }),
        ...(address === undefined ? {} : { SourceIp: address }),
        ...(role === undefined ? {} : { RoleArn: role }),
        ...(entries.length === 0 ? {} : { ContextEntries: entries }),
      },
      this.#options,
    );
    const lists = {
      allowed: readFilters(answer, 'Allowed'),
      denied: readFilters(answer, 'Denied'),
      undecided: readUndecided(answer),
    };
    return { ...lists, decide: compileFilters(lists) };
  }

  async #areAllowed(questions: readonly Question[]): Promise<boolean[]> {
    const decisions: boolean[] = [];
    for (let from = 0; from < questions.length; from += MAX_QUESTIONS) {
      const part = questions.slice(from, from + MAX_QUESTIONS);
      const { evaluations } = await postQuestion(
        '/access/v1/evaluations',
        { subject: this.#subject(), evaluations: part.map(writeQuestion) },
        this.#options,
      );
      if (!Array.isArray(evaluations) || evaluations.length !== part.length) {
        throw new DecisionUnavailable('the answer has not one decision for each question', 200);
      }
      decisions.push(...evaluations.map((each) => readDecision(each as Json)));
    }
    return decisions;
  }

  /** A session wherever there is one: it may have less rights than its principal. Without its token it is denied. */
  #subject() {
    const { principal, sourceIp, roleArn, isSession = false } = this.#call;
    const token = this.#token;
    const isNamed = !isSession && (principal.type === 'Root' || principal.type === 'User');
    const type = token !== undefined || !isNamed ? 'session' : principal.type.toLowerCase();
    return {
      type,
      id: principal.arn,
      properties: {
        ...(token === undefined ? {} : { token }),
        ...(sourceIp === undefined ? {} : { ip_address: sourceIp }),
        ...(type === 'user' ? { unique_id: principal.id } : {}),
        ...(roleArn === undefined || token === undefined ? {} : { role_arn: roleArn }),
      } as { readonly token?: string; readonly ip_address?: string; readonly role_arn?: string },
    };
  }
}

function writeQuestion({ action, resource, resourceType, context }: Question) {
  return {
    action: { name: action },
    resource: { type: resourceType ?? typeOf(resource), id: resource },
    ...(context === undefined ? {} : { context }),
  };
}

/** `order` of `arn:aws:orders:…:order/42`. */
function typeOf(resource: string): string {
  const rest = resource.split(':').slice(5).join(':');
  return /^[^/:]+/.exec(rest)?.[0] ?? '*';
}

/** Invariant: true is true alone. */
function readDecision({ decision }: Json): boolean {
  if (typeof decision !== 'boolean') {
    throw new DecisionUnavailable('the answer has no decision', 200);
  }
  return decision;
}
