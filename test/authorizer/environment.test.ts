import { readEnvironment } from '../../lambdas/authorizer/environment';

const variables = {
  IDENTITIES_TABLE: 'identities',
  POLICIES_TABLE: 'policies',
  KMS_KEY_ID: 'arn:aws:kms:eu-west-1:123456789012:key/1',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIA',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

describe('the authorizer’s environment', () => {
  test('has a staleness of five seconds where the template says nothing', () => {
    expect(readEnvironment(variables)).toMatchObject({
      stalenessSeconds: 5,
      kms: { region: 'eu-west-1', endpoint: new URL('https://kms.eu-west-1.amazonaws.com/') },
    });
  });

  test.each([
    ['0', 0],
    ['60', 60],
    ['900', 900],
  ])('takes a staleness of %s', (text, seconds) => {
    const environment = readEnvironment({ ...variables, STALENESS_SECONDS: text });
    expect(environment.stalenessSeconds).toBe(seconds);
  });

  test.each(['', '-1', '901', '5s', '1.5', '1e3', ' 5', 'Infinity', 'NaN'])(
    'refuses a staleness of %p',
    (text) => {
      expect(() => readEnvironment({ ...variables, STALENESS_SECONDS: text })).toThrow(
        'STALENESS_SECONDS',
      );
    },
  );

  test('notes who was there, unless the tables are copies', () => {
    expect(readEnvironment(variables).notesUsage).toBe(true);
    expect(readEnvironment({ ...variables, NOTE_USAGE: 'false' }).notesUsage).toBe(false);
  });

  test('says what HTTP APIs expect, the simple answer where it says nothing', () => {
    const read = (HTTP_API_ANSWER?: string) =>
      readEnvironment({ ...variables, HTTP_API_ANSWER }).gateways;
    expect(read()).toEqual({ region: 'eu-west-1', httpApiAnswer: 'simple' });
    expect(read('policy').httpApiAnswer).toBe('policy');
    expect(() => read('')).toThrow('HTTP_API_ANSWER');
    expect(() => read('true')).toThrow('HTTP_API_ANSWER');
  });

  test('says what its gateways keep answers under, where they keep any', () => {
    const read = (ANSWER_CACHE_KEY?: string, ANSWER_CACHE_SECONDS?: string) =>
      readEnvironment({ ...variables, ANSWER_CACHE_KEY, ANSWER_CACHE_SECONDS }).answerCache;
    expect(read()).toBeUndefined();
    expect(read('request', '300')).toEqual({ key: 'request', seconds: 300 });
    expect(read('caller', '3600')).toEqual({ key: 'caller', seconds: 3600 });
    expect(() => read('caller')).toThrow('ANSWER_CACHE_SECONDS');
    expect(() => read(undefined, '300')).toThrow('ANSWER_CACHE_KEY');
    expect(() => read('path', '300')).toThrow('ANSWER_CACHE_KEY');
    for (const seconds of ['0', '3601', '1.5', '-1', '']) {
      expect(() => read('request', seconds)).toThrow('ANSWER_CACHE_SECONDS');
    }
  });

  test.each(Object.keys(variables))('is refused without %s', (name) => {
    expect(() => readEnvironment({ ...variables, [name]: undefined })).toThrow(name);
    expect(() => readEnvironment({ ...variables, [name]: '' })).toThrow(name);
  });

  test.each([
    [{ AWS_REGION: 'cn-north-1' }, 'https://kms.cn-north-1.amazonaws.com.cn/'],
    [{ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'http://127.0.0.1:1/'],
    [
      { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:2' },
      'http://127.0.0.1:2/',
    ],
  ])('finds KMS where AWS’s SDKs find it: %j', (change, endpoint) => {
    expect(readEnvironment({ ...variables, ...change }).kms.endpoint.href).toBe(endpoint);
  });
});
