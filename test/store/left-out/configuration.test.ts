import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { buildSync } from 'esbuild';
import { NEVER_LOADED, REPLACED } from '../../../lib/portcullis-function';

/** Asks a table for an item, and prints what would be sent; throttled at first, so that it is sent again. */
const PROGRAM = `
  import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
  const ask = async (sent) => {
    const handle = async (request) => {
      const { hostname, protocol, port, path, headers } = request;
      const [, scope] = /\\/\\d{8}\\/([^,]*),/.exec(headers.authorization) ?? [];
      const token = headers['x-amz-security-token'];
      const names = Object.keys(headers).sort();
      sent.push({ protocol, hostname, port, path, scope, token, names });
      const isThrottled = sent.length === 1;
      const body = Buffer.from(isThrottled ? '{"__type":"ThrottlingException"}' : '{}');
      return { response: { statusCode: isThrottled ? 400 : 200, headers: {}, body } };
    };
    const client = new DynamoDBClient({
      requestHandler: { handle, metadata: {} },
      streamCollector: async (body) => new Uint8Array(body),
    });
    await client.send(new GetItemCommand({ TableName: 'Identities', Key: { PK: { S: 'a' } } }));
    const { retryMode, maxAttempts } = client.config;
    return { sent, mode: await retryMode(), attempts: await maxAttempts() };
  };
  const askAll = async () => {
    const answers = [];
    for (const variables of JSON.parse(process.argv[2])) {
      process.env = variables;
      answers.push(await ask([]).catch((error) => ({ error: error.message })));
    }
    console.log(JSON.stringify(answers));
  };
  askAll();
`;

function compile(alias: Record<string, string>): string {
  const { outputFiles } = buildSync({
    stdin: { contents: PROGRAM, resolveDir: path.join(__dirname, '../../..') },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    mainFields: ['module', 'main'],
    external: [...NEVER_LOADED],
    alias,
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}

const LAMBDA = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'ASIAFUNCTION',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_SESSION_TOKEN: 'token',
  // No file of this machine is read.
  HOME: '/nonexistent',
};

const ENVIRONMENTS = {
  inLambda: LAMBDA,
  inChina: { ...LAMBDA, AWS_REGION: 'cn-north-1' },
  withFips: { ...LAMBDA, AWS_REGION: 'us-east-1', AWS_USE_FIPS_ENDPOINT: 'true' },
  withEndpoint: {
    ...LAMBDA,
    AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:8000',
    AWS_MAX_ATTEMPTS: '5',
  },
  withWrongRegion: { ...LAMBDA, AWS_REGION: 'eu-west-1.example.com/' },
  withWrongSwitch: { ...LAMBDA, AWS_USE_FIPS_ENDPOINT: 'yes' },
  withoutRegion: { ...LAMBDA, AWS_REGION: undefined },
};

type Answers = Record<keyof typeof ENVIRONMENTS, unknown>;

/** One process for all environments, as starting one is what takes time. */
function run(alias: Record<string, string>): Answers {
  const environments = JSON.stringify(Object.values(ENVIRONMENTS));
  const { stdout } = spawnSync(process.execPath, ['-', environments], {
    input: compile(alias),
    env: {},
    encoding: 'utf8',
  });
  const answers = JSON.parse(stdout) as unknown[];
  const names = Object.keys(ENVIRONMENTS);
  return Object.fromEntries(names.map((name, index) => [name, answers[index]])) as Answers;
}

const own = run({ ...REPLACED });
const name = '@aws-sdk/credential-provider-node';
// Its search for credentials would need modules that are not bundled.
const sdk = run({ [name]: REPLACED[name] ?? '' });

describe('a client of the bundles', () => {
  test.each([
    ['inLambda', 'dynamodb.eu-west-1.amazonaws.com'],
    ['inChina', 'dynamodb.cn-north-1.amazonaws.com.cn'],
    ['withFips', 'dynamodb-fips.us-east-1.amazonaws.com'],
    ['withEndpoint', '127.0.0.1'],
  ] as const)('sends what the SDK’s own sends, again where it is throttled: %s', (key, host) => {
    expect(own[key]).toEqual(sdk[key]);
    const sent = { hostname: host, token: 'token' };
    expect(own[key]).toMatchObject({ sent: [sent, sent], mode: 'standard' });
  });

  test('is refused a region that is no part of a host’s name, as by the SDK', () => {
    expect(own.withWrongRegion).toEqual(sdk.withWrongRegion);
    expect(own.withWrongRegion).toEqual({
      error: expect.stringContaining('not accepted') as string,
    });
  });

  test('is refused a switch that is neither on nor off', () => {
    expect(own.withWrongSwitch).toEqual({
      error: 'Cannot load env "AWS_USE_FIPS_ENDPOINT". Expected "true" or "false", got yes.',
    });
  });

  test('has no region where Lambda gives none', () => {
    expect(own.withoutRegion).toEqual({ error: 'Region is missing' });
  });
});
