import type { ConditionContext } from '../core/request-context';
import type { HttpRequest } from '../protocol/http';

/**
 * The condition keys of a request to a guarded API.
 *
 * Invariant: every name is written here. What a caller sends can be the value of `aws:UserAgent` and `aws:Referer`, as in AWS,
 * and nothing else.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestKeys(
  request: HttpRequest,
  options: {
    readonly region: string;
    readonly resourceAccount: string;
    /** Epoch milliseconds. */
    readonly now: number;
  },
): ConditionContext {
  const keys: Record<string, string> = {
    'aws:CurrentTime': new Date(options.now).toISOString().replace(/\.\d+Z$/, 'Z'),
    'aws:EpochTime': String(Math.floor(options.now / 1000)),
    'aws:RequestedRegion': options.region,
    'aws:ResourceAccount': options.resourceAccount,
    'aws:SecureTransport': String(request.secureTransport),
    'aws:SourceIp': request.sourceIp,
    'aws:ViaAWSService': 'false',
  };
  const userAgent = singleHeader(request, 'user-agent');
  if (userAgent !== undefined) {
    keys['aws:UserAgent'] = userAgent;
  }
  const referer = singleHeader(request, 'referer');
  if (referer !== undefined) {
    keys['aws:Referer'] = referer;
  }
  return keys;
}

/** A header that is sent twice says two things; then neither is believed. */
function singleHeader(request: HttpRequest, name: string): string | undefined {
  const values = request.headers.get(name) ?? [];
  return values.length === 1 ? values[0] : undefined;
}
