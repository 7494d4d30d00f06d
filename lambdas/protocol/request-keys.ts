import type { ConditionContext } from '../core/request-context';
import type { HttpRequest } from './http';

/**
 * The condition keys that a call brings itself, admin or guarded.
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
  return {
    'aws:CurrentTime': new Date(options.now).toISOString().replace(/\.\d+Z$/, 'Z'),
    'aws:EpochTime': String(Math.floor(options.now / 1000)),
    'aws:RequestedRegion': options.region,
    'aws:ResourceAccount': options.resourceAccount,
    'aws:SecureTransport': String(request.secureTransport),
    ...(request.sourceIp === undefined ? {} : { 'aws:SourceIp': request.sourceIp }),
    'aws:ViaAWSService': 'false',
    ...headerKey(request, 'user-agent', 'aws:UserAgent'),
    ...headerKey(request, 'referer', 'aws:Referer'),
  };
}

/** A header that is sent twice says two things; then neither is believed. */
function headerKey(request: HttpRequest, header: string, key: string): ConditionContext {
  const [value, ...others] = request.headers.get(header) ?? [];
  return value === undefined || others.length > 0 ? {} : { [key]: value };
}

/**
 * Of {@link requestKeys}, in lower case, those that may differ between two calls with one credential for one resource. All others are
 * the same for them, or are nobody's.
 */
export const CHANGING_REQUEST_KEYS: ReadonlySet<string> = new Set([
  'aws:currenttime',
  'aws:epochtime',
  'aws:referer',
  'aws:sourceip',
  'aws:useragent',
]);
