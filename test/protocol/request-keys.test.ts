import { requestKeys } from '../../lambdas/protocol/request-keys';
import { readRestRequest } from '../../lambdas/authorizer/events/rest-request';
import { restEvent } from '../authorizer/rest-events';

const options = {
  region: 'eu-west-1',
  resourceAccount: '123456789012',
  now: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
};

function keys(headers: Record<string, string>) {
  return requestKeys(readRestRequest(restEvent({}, headers)).http, options);
}

describe('the condition keys of a request', () => {
  test('are those of AWS', () => {
    expect(keys({ 'User-Agent': 'curl/8', Referer: 'https://example.com/' })).toEqual({
      'aws:CurrentTime': '2026-01-02T03:04:05Z',
      'aws:EpochTime': '1767323045',
      'aws:RequestedRegion': 'eu-west-1',
      'aws:ResourceAccount': '123456789012',
      'aws:SecureTransport': 'true',
      'aws:SourceIp': '203.0.113.7',
      'aws:ViaAWSService': 'false',
      'aws:UserAgent': 'curl/8',
      'aws:Referer': 'https://example.com/',
    });
  });

  test('take the address of the connection, whatever headers say', () => {
    const spoofed = keys({
      'X-Forwarded-For': '10.0.0.1',
      Forwarded: 'for=10.0.0.1',
      'X-Real-IP': '10.0.0.1',
      'X-Forwarded-Proto': 'http',
      'CloudFront-Viewer-Address': '10.0.0.1:1',
    });
    expect(spoofed['aws:SourceIp']).toBe('203.0.113.7');
    expect(spoofed['aws:SecureTransport']).toBe('true');
  });

  test('are never named by a caller', () => {
    const plain = Object.keys(keys({}));
    const spoofed = keys({
      'aws:PrincipalArn': 'x',
      'aws:SourceIp': '10.0.0.1',
      'sts:ExternalId': 'x',
      __proto__: 'x',
    });
    expect(Object.keys(spoofed)).toEqual(plain);
  });

  test('leave out a header that says two things', () => {
    const event = restEvent({}, {});
    const twice = { ...event, multiValueHeaders: { 'User-Agent': ['a', 'b'] } };
    expect(requestKeys(readRestRequest(twice).http, options)).not.toHaveProperty('aws:UserAgent');
  });
});
