import { Token } from 'aws-cdk-lib';
import { ResponseType } from 'aws-cdk-lib/aws-apigateway';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';

/** Properties of {@link DenialResponses}. */
export interface DenialResponsesProps {
  /** The guarded API. */
  readonly restApi: RestApi;
  /**
   * The one web origin whose pages may read the refusals (`https://shop.example.com`), or `*` for every page. A request carries its
   * signature itself, no cookie, so that a page learns only of requests which it could sign.
   *
   * @default '*'
   */
  readonly allowOrigin?: string;
}

/*
 * Invariant: the authorizer's message holds no quote, backslash or control character, because these templates only insert; they
 * cannot escape.
 */
const DENIALS = [
  {
    id: 'AccessDenied',
    type: ResponseType.ACCESS_DENIED,
    statusCode: '403',
    body: '{"message":"$context.authorizer.message","encodedMessage":"$context.authorizer.encodedMessage","requestId":"$context.requestId"}',
  },
  {
    id: 'Unauthorized',
    type: ResponseType.UNAUTHORIZED,
    statusCode: '401',
    body: '{"message":"Unauthorized","requestId":"$context.requestId"}',
  },
] as const;

/** Lets a guarded API say why it refuses: a 403 carries the authorizer's sentence, and what
 * `aws sts decode-authorization-message` explains it by; web pages can read both refusals. */
export class DenialResponses extends Construct {
  constructor(scope: Construct, id: string, props: DenialResponsesProps) {
    super(scope, id);
    const allowOrigin = props.allowOrigin ?? '*';
    requireOrigin(allowOrigin);
    for (const denial of DENIALS) {
      props.restApi.addGatewayResponse(denial.id, {
        type: denial.type,
        statusCode: denial.statusCode,
        responseHeaders: {
          'Access-Control-Allow-Origin': `'${allowOrigin}'`,
          'Access-Control-Expose-Headers': "'x-amzn-RequestId,x-amzn-ErrorType'",
          'Cache-Control': "'no-store'",
        },
        templates: { 'application/json': denial.body },
      });
    }
  }
}

function requireOrigin(origin: string): void {
  if (Token.isUnresolved(origin) || origin === '*') return;
  if (/^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?$/.test(origin)) return;
  throw new Error(
    `allowOrigin must be * or one origin such as https://shop.example.com, but was ${JSON.stringify(origin)}`,
  );
}
