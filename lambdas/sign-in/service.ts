import { openBearerToken } from '../credentials/bearer-header';
import { invalidClientTokenId } from '../credentials/authentication-errors';
import { loadSignedIn } from '../identity/sign-in-sessions';
import { ERRORS, IamError } from '../protocol/errors';
import type { HttpRequest, HttpResponse } from '../protocol/http';
import { serviceFailure } from '../protocol/error-messages';
import { encodeRestError } from '../protocol/rest-json';
import { StoreUnavailable } from '../store/store';
import {
  createCall,
  createTokens,
  type SignedInCall,
  type SignInCall,
  type SignInOptions,
  type Tokens,
} from './call';
import { readInput, type Fields } from './input';
import { describeApi, DESCRIPTION_PATH } from './openapi';
import { findRoute } from './routes';

const SERVICE_PATH = 'signin';

/**
 * Signing in with a password, from a request's bytes to its answer. Whatever is thrown on the way is the answer.
 */
export class SignInService {
  readonly #tokens: Tokens;

  constructor(private readonly options: SignInOptions) {
    this.#tokens = createTokens(options.dataKeys);
  }

  /** Never rejects. */
  async handle(request: HttpRequest): Promise<HttpResponse> {
    const segments = segmentsOf(request.path);
    const headers = { ...this.#originHeaders(request), 'x-amzn-requestid': request.requestId };
    if (request.method === 'OPTIONS') {
      return { statusCode: 204, headers, body: '' };
    }
    try {
      const body =
        request.method === 'GET' && segments.join('/') === DESCRIPTION_PATH
          ? describeApi()
          : await this.#perform(request, segments);
      return json(200, headers, JSON.stringify(body));
    } catch (error) {
      const told = this.#toldOf(error, request.requestId);
      return json(ERRORS[told.code].statusCode, headers, encodeRestError(told, request.requestId));
    }
  }

  async #perform(request: HttpRequest, segments: readonly string[]): Promise<object> {
    const found = findRoute(request.method, segments);
    if (found === undefined) {
      throw new IamError('InvalidAction', 'There is no such route.');
    }
    const { route, parameter } = found;
    const call = createCall(this.options, this.#tokens, request);
    if (!route.isSignedIn) {
      return route.run(readInput<Fields>(request, route.fields) as never, call);
    }
    const signedIn = await authenticate(call);
    return route.run(readInput<Fields>(request, route.fields) as never, signedIn, parameter);
  }

  /** For pages of the relying party alone; there are no cookies that another page could use. */
  #originHeaders(request: HttpRequest): Record<string, string> {
    const [origin = ''] = request.headers.get('origin') ?? [];
    return this.options.relyingParty?.origins.includes(origin) === true
      ? {
          'access-control-allow-origin': origin,
          'access-control-allow-headers': 'authorization, content-type',
          'access-control-allow-methods': 'GET, POST, DELETE',
          'access-control-max-age': '600',
          vary: 'origin',
        }
      : { vary: 'origin' };
  }

  /** What the caller is told; what it is not told is logged. */
  #toldOf(error: unknown, requestId: string): IamError {
    if (error instanceof IamError) {
      return error;
    }
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    this.options.log({
      level: 'ERROR',
      message: 'a call to sign in failed through no fault of its caller',
      requestId,
      errorName: name,
      errorMessage: message,
      stack,
    });
    return error instanceof StoreUnavailable
      ? new IamError(
          'ServiceUnavailable',
          'The request has failed due to a temporary failure of the server.',
        )
      : serviceFailure();
  }
}

/** Errors: those of the token; InvalidClientTokenId for a session that is over. */
async function authenticate(call: SignInCall): Promise<SignedInCall> {
  const { request, tokens, now, store, partition } = call;
  const claims = await openBearerToken(request, tokens.bearer, now);
  const principal = await loadSignedIn(store, claims, { consistent: true, partition, now });
  if (principal === undefined) {
    throw invalidClientTokenId();
  }
  return { ...call, claims, principal };
}

/** Nothing of an answer may be kept: tokens are in it. */
function json(
  statusCode: number,
  headers: Readonly<Record<string, string>>,
  body: string,
): HttpResponse {
  return {
    statusCode,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
    body,
  };
}

/** Behind the service's own segment; before it stands whatever stage or base path the gateway has. */
function segmentsOf(path: string): readonly string[] {
  const segments = path.split('/');
  const below = segments.slice(segments.indexOf(SERVICE_PATH) + 1);
  return below.at(-1) === '' ? below.slice(0, -1) : below;
}
