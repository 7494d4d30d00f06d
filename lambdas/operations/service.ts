import type { OpaqueMarkers } from '../credentials/opaque-marker';
import type { AuthorizationMessages } from '../credentials/authorization-message';
import { missingAuthenticationToken } from '../credentials/authentication-errors';
import type { SealedSecrets } from '../credentials/sealed-secret';
import type { SessionTokens } from '../credentials/session-token';
import type { BearerTokens } from '../credentials/sign-in-tokens';
import type { SigningKeyCache } from '../credentials/signing-key-cache';
import { CredentialUse } from '../identity/credential-use';
import { LastAccessed } from '../identity/last-accessed';
import type { LoadedPrincipal } from '../identity/principals';
import type { Quotas } from '../identity/quotas';
import {
  echoRequestId,
  encodeAnswer,
  encodeBody,
  encodeError,
  protocolOf,
} from '../protocol/answers';
import { validateInput } from '../protocol/constraints';
import { IamError } from '../protocol/errors';
import type { HttpRequest, HttpResponse } from '../protocol/http';
import { refuseLargeBody } from '../protocol/parameters';
import type { Structure } from '../protocol/query';
import { requestKeys } from '../protocol/request-keys';
import { restSegmentsOf } from '../protocol/rest-path';
import type { Service } from '../protocol/schema';
import { StoreUnavailable, type Store } from '../store/store';
import { AttemptStore } from './attempt-store';
import { authenticate, hasCredentials } from './authentication';
import { authorize } from './authorization';
import { ConcurrentChange } from './commit';
import { runUnderKey } from './idempotency';
import { DESCRIPTION_PATH, describeApi } from './openapi';
import type { Call, UnsignedCall } from './operation';
import type { FederationOptions } from './federation';
import type { AnyOperation, OperationTable } from './operation-table';
import { readRequestedOperation, type RequestedOperation } from './requested-operation';
import { refuseCaller } from './caller-limits';

export interface ServiceOptions {
  readonly table: OperationTable;
  readonly store: Store;
  readonly secrets: SealedSecrets;
  readonly sessions: SessionTokens;
  /** Access tokens of those who signed in with a password; the REST routes take them. */
  readonly bearerTokens: BearerTokens;
  readonly messages: AuthorizationMessages;
  readonly markers: OpaqueMarkers;
  readonly signingKeys: SigningKeyCache;
  readonly federation: FederationOptions;
  /** Clients put the service's path behind it; without a slash at its end. */
  readonly adminEndpointUrl: string;
  readonly quotas: Quotas;
  /** `aws`. */
  readonly partition: string;
  readonly region: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Uint8Array;
  /** Waits before the next attempt. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly log: (entry: FailureEntry) => void;
}

/** What is written about a fault of our own; nothing of the request but its id. */
export interface FailureEntry {
  readonly level: 'ERROR';
  readonly message: string;
  readonly requestId: string;
  readonly service: string;
  readonly errorName: string;
  readonly errorMessage: string;
  readonly stack: string | undefined;
}

/** How often a call is tried whose rows others keep changing. */
const MAX_ATTEMPTS = 10;

const FIRST_PAUSE_MILLISECONDS = 4;

const LONGEST_PAUSE_MILLISECONDS = 250;

/**
 * Every admin call of one service, from its bytes to its answer. The one way in, and the one place where a call is allowed.
 *
 * Order: limits, signature, caller, operation, types, required members and constraints, authorization, function. Whatever is thrown
 * on the way is the answer, so that nothing after it happens.
 */
export class AdminService {
  readonly #credentialUse: CredentialUse;
  readonly #lastAccessed: LastAccessed;
  readonly #documents: Readonly<Record<string, () => object>>;
  readonly #written = new Map<string, string>();

  constructor(private readonly options: ServiceOptions) {
    const { store, region } = options;
    this.#credentialUse = new CredentialUse({ store, region });
    this.#lastAccessed = new LastAccessed({ store, region });
    const { table } = options;
    this.#documents = {
      [DESCRIPTION_PATH]: () => describeApi(table),
      ...Object.fromEntries(
        Object.entries(table.documents).map(([path, write]) => [path, () => write(options)]),
      ),
    };
  }

  /** Never rejects. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    return echoRequestId(request, await this.#answer(request));
  }

  async #answer(request: HttpRequest): Promise<HttpResponse> {
    const protocol = protocolOf(request, this.options.table.service);
    const { requestId } = request;
    try {
      const document = this.#findDocument(request);
      if (document !== undefined) {
        return encodeBody({ ...protocol, format: 'restJson' }, document, requestId);
      }
      const { operation, outcome } = await this.#perform(request);
      return 'body' in outcome
        ? encodeBody(protocol, outcome.body, requestId)
        : encodeAnswer(protocol, operation.schema, outcome.output, requestId);
    } catch (error) {
      return encodeError(protocol, this.#toldOf(error, requestId), requestId);
    }
  }

  #findDocument({ method, path }: HttpRequest): string | undefined {
    const name = restSegmentsOf(path, this.options.table.service)?.join('/');
    if (method !== 'GET' || name === undefined || !Object.hasOwn(this.#documents, name)) {
      return undefined;
    }
    const text = this.#written.get(name) ?? JSON.stringify(this.#documents[name]?.());
    this.#written.set(name, text);
    return text;
  }

  async #perform(request: HttpRequest): Promise<Performed> {
    const now = this.options.now();
    refuseLargeBody(request);
    if (!hasCredentials(request)) {
      return this.#performUnsigned(request, now);
    }
    const principal = await authenticate(request, {
      ...this.options,
      signedFor: servicesSignedFor(request, this.options.table.service),
      bearerTokens: isRest(request, this.options.table.service)
        ? this.options.bearerTokens
        : undefined,
      now,
    });
    try {
      return await this.#performAs(principal, request, now);
    } finally {
      // After the call: whatever it changes, it never meets this write.
      const serviceName = this.options.table.service;
      await this.#credentialUse.note({ user: principal.caller, serviceName, now });
    }
  }

  /** Only what nobody signs; whatever else is asked for, and whether it exists, the answer is the same. */
  async #performUnsigned(request: HttpRequest, now: number): Promise<Performed> {
    const requested = findRequested(request, this.options.table);
    if (requested?.operation.authentication !== 'none') {
      throw missingAuthenticationToken();
    }
    return this.#performAs(undefined, request, now, requested);
  }

  async #performAs(
    principal: LoadedPrincipal | undefined,
    request: HttpRequest,
    now: number,
    requested: RequestedOperation = readRequestedOperation(request, this.options.table),
  ): Promise<Performed> {
    const { operation, readInput, idempotencyKey } = requested;
    try {
      if (principal !== undefined) {
        refuseCaller(principal.caller, { service: this.options.table.service, operation });
      }
      const input = readInput();
      validateInput(operation.schema, input);
      const asked = { request, operation, input, idempotencyKey, principal, now };
      return { operation, outcome: await this.#attempt(asked) };
    } finally {
      if (principal !== undefined) {
        await this.#noteAccess(principal, operation, now);
      }
    }
  }

  /** An attempt counts, also where it was refused; what does not exist cannot be attempted. */
  #noteAccess({ caller }: LoadedPrincipal, { name }: AnyOperation, now: number): Promise<void> {
    return this.#lastAccessed.note({
      accountId: caller.accountId,
      principalId: caller.principal.uniqueId ?? caller.userId,
      service: this.options.table.service,
      action: name,
      now,
    });
  }

  /** Again from the authorization on, for as long as others change what was read. */
  async #attempt(asked: Asked): Promise<Outcome> {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      try {
        return await this.#runOnce(asked, attempt);
      } catch (error) {
        if (!(error instanceof ConcurrentChange)) {
          throw error;
        }
      }
      await this.options.pause(pauseMilliseconds(attempt, this.options.randomBytes));
    }
    throw new IamError(
      'ConcurrentModification',
      'The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again.',
    );
  }

  async #runOnce(asked: Asked, attempt: number): Promise<Outcome> {
    const { request, operation, input, idempotencyKey, principal } = asked;
    if (operation.authentication === 'none') {
      const accountId = operation.accountId(input as never);
      const call = this.#createCall(asked, accountId, attempt);
      return { output: ((await operation.run(input as never, call)) ?? {}) as Structure };
    }
    if (principal === undefined) {
      throw missingAuthenticationToken();
    }
    const { caller, policies } = principal;
    const call: Call = { ...this.#createCall(asked, caller.accountId, attempt), caller };
    if (operation.authorization !== undefined) {
      await authorize(operation.authorization, input as never, call, { request, policies });
    }
    if (idempotencyKey !== undefined) {
      const { store } = this.options;
      return { body: await runUnderKey({ operation, input, idempotencyKey, store }, call) };
    }
    const output = await operation.run(input as never, call);
    return { output: (output ?? {}) as Structure };
  }

  #createCall(
    { request, operation, input, now }: Asked,
    accountId: string,
    attempt: number,
  ): UnsignedCall {
    const { store, secrets, sessions, bearerTokens, messages, markers } = this.options;
    const { quotas, partition, region, randomBytes } = this.options;
    const scope = { accountId, operation: operation.name, filter: filterOf(input) };
    let transactions = 0;
    return {
      accountId,
      store: new AttemptStore(store),
      quotas,
      partition,
      region,
      requestId: request.requestId,
      createToken: () => {
        transactions += 1;
        return `${operation.name}/${request.requestId}/${attempt}/${transactions}`;
      },
      now,
      randomBytes,
      sealMarker: (position) => markers.seal(position, scope),
      openMarker: (marker) => markers.open(marker, scope),
      sealSecret: (secret, binding) => secrets.seal(secret, binding),
      openSecret: (sealed, binding) => secrets.open(sealed, binding),
      sealSession: (claims, minimumLength) => sessions.seal(claims, minimumLength),
      requestContext: requestKeys(request, { region, resourceAccount: accountId, now }),
      federation: this.options.federation,
      openAuthorizationMessage: (encoded) => messages.open(encoded, accountId),
      openSession: (token) => sessions.open(token),
      openBearerToken: (token) => bearerTokens.open(token),
    };
  }

  /** What the caller is told; what it is not told is logged. */
  #toldOf(error: unknown, requestId: string): unknown {
    if (error instanceof IamError) {
      return error;
    }
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    this.options.log({
      level: 'ERROR',
      message: 'an admin call failed through no fault of its caller',
      requestId,
      service: this.options.table.service,
      errorName: name,
      errorMessage: message,
      stack,
    });
    return error instanceof StoreUnavailable
      ? new IamError(
          'ServiceUnavailable',
          'The request has failed due to a temporary failure of the server.',
        )
      : error;
  }
}

/** Clients of a gateway's REST routes sign for the gateway; those of the service's own protocols for the service. */
function servicesSignedFor({ path }: HttpRequest, service: Service): readonly string[] {
  return restSegmentsOf(path, service) === undefined ? [service] : [service, 'execute-api'];
}

/** Clients of the services' own protocols sign; a bearer token there is nobody's. */
function isRest({ path }: HttpRequest, service: Service): boolean {
  return restSegmentsOf(path, service) !== undefined;
}

interface Asked {
  readonly request: HttpRequest;
  readonly operation: AnyOperation;
  readonly input: Structure;
  readonly idempotencyKey: string | undefined;
  /** undefined for what nobody signs. */
  readonly principal: LoadedPrincipal | undefined;
  readonly now: number;
}

/** What an operation gave; its body alone, where that is what was kept for a repetition. */
type Outcome = { readonly output: Structure } | { readonly body: string };

interface Performed {
  readonly operation: AnyOperation;
  readonly outcome: Outcome;
}

/** undefined for whatever cannot be read as one of the table's operations. */
function findRequested(
  request: HttpRequest,
  table: OperationTable,
): RequestedOperation | undefined {
  try {
    return readRequestedOperation(request, table);
  } catch (error) {
    if (error instanceof IamError) return undefined;
    throw error;
  }
}

/** What chooses the rows of a list, as one text for each input: a marker of another list is no marker of this one. */
function filterOf(input: Structure): readonly string[] {
  return Object.entries(input)
    .filter(([name]) => name !== 'Marker' && name !== 'MaxItems')
    .map(([name, value]) => JSON.stringify([name, value]))
    .sort();
}

/** Doubling, with a random part, so that those who met do not meet again. */
function pauseMilliseconds(attempt: number, randomBytes: (length: number) => Uint8Array): number {
  const longest = Math.min(FIRST_PAUSE_MILLISECONDS * 2 ** attempt, LONGEST_PAUSE_MILLISECONDS);
  return (longest * ((randomBytes(1)[0] ?? 0) + 1)) / 256;
}
