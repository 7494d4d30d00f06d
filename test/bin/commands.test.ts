import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCacheSafety } from '../../bin/commands/cache-safety';
import { runEvaluate } from '../../bin/commands/evaluate';
import { runExplain } from '../../bin/commands/explain';
import { runLint } from '../../bin/commands/lint';
import { runOperations } from '../../bin/commands/operations';
import { runTest } from '../../bin/commands/test';

const directory = mkdtempSync(path.join(tmpdir(), 'portcullis-commands-'));
let printed = '';

beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += chunk.toString();
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

function write(name: string, content: string): string {
  const file = path.join(directory, name);
  writeFileSync(file, content);
  return file;
}

const ALLOW = { Effect: 'Allow', Action: 'orders:GetOrder', Resource: '*' };

function scenario(identity: unknown, more: object = {}): object {
  return {
    id: 'one',
    request: {
      principal: 'arn:aws:iam::123456789012:user/alice',
      action: 'orders:GetOrder',
      resource: 'arn:aws:orders:us-east-1:123456789012:order/42',
      resourceAccount: '123456789012',
      context: {},
    },
    policies: { identity },
    ...more,
  };
}

const policyOf = (...statements: object[]) => ({ Version: '2012-10-17', Statement: statements });

describe('portcullis evaluate', () => {
  test('writes one line for each line that it reads, with the id and the reasons', async () => {
    const lines = [scenario([policyOf(ALLOW)]), scenario([], { id: 2 })];
    const file = write('two.jsonl', lines.map((line) => JSON.stringify(line)).join('\n'));
    expect(await runEvaluate([file])).toBe(0);
    const answers = printed
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(answers).toMatchObject([
      { id: 'one', decision: 'allowed', because: [{ policyId: 'identity[0]', statement: 0 }] },
      { id: 2, decision: 'implicitDeny' },
    ]);
  });

  test('takes a policy as raw text', async () => {
    const file = write('text.jsonl', JSON.stringify(scenario([JSON.stringify(policyOf(ALLOW))])));
    expect(await runEvaluate([file])).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ decision: 'allowed' });
  });

  test('denies a line that it cannot read, says why, and fails', async () => {
    const misspelt = { ...scenario([policyOf(ALLOW)]), policies: { identty: [] } };
    const file = write('bad.jsonl', `not json\n${JSON.stringify(misspelt)}\n`);
    expect(await runEvaluate([file])).toBe(1);
    const answers = printed
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(answers).toMatchObject([
      { id: null, decision: 'implicitDeny', error: expect.any(String) as string },
      { id: 'one', decision: 'implicitDeny', error: expect.stringContaining('identty') as string },
    ]);
  });

  test('does not let a duplicate member hide a Deny', async () => {
    const hidden =
      '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Effect":"Allow","Action":"*","Resource":"*"}]}';
    const line = JSON.stringify(scenario(['POLICY'])).replace('"POLICY"', hidden);
    expect(await runEvaluate([write('duplicate.jsonl', line)])).toBe(0);
    expect((JSON.parse(printed) as { decision: string }).decision).not.toBe('allowed');
  });

  test('fails where a file is missing', async () => {
    await expect(runEvaluate([path.join(directory, 'missing.jsonl')])).rejects.toThrow('ENOENT');
  });
});

describe('portcullis test', () => {
  const passing = scenario([policyOf(ALLOW)], { expected: 'allowed' });

  test('passes where every decision is the expected one', () => {
    expect(runTest([write('pass.json', JSON.stringify([passing]))], { quiet: true })).toBe(0);
    expect(printed).toBe('\n1 passed, 0 failed\n');
  });

  test.each([
    ['another decision', { expected: 'explicitDeny' }],
    ['an expectation that it does not know', { expected: 'maybe' }],
    ['no expectation', { expected: undefined }],
  ])('fails for %s', (_, more) => {
    const file = write('fail.json', JSON.stringify({ cases: [passing, { ...passing, ...more }] }));
    expect(runTest([file], { quiet: true })).toBe(1);
    expect(printed).toContain('1 passed, 1 failed');
  });

  test('fails where there is nothing to run', () => {
    expect(runTest([write('empty.json', '[]')], { quiet: true })).toBe(1);
  });

  test('names the file and the line of what is not JSON', () => {
    const file = write('broken.json', '[\n{"id": }\n]');
    expect(() => runTest([file], { quiet: true })).toThrow(/broken\.json: line 2/);
  });
});

describe('portcullis explain', () => {
  test('names the statement and both values of a condition', () => {
    const deny = {
      Sid: 'NotFromThere',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
    };
    const asked = scenario([policyOf(ALLOW, deny)]) as { request: object };
    const from = {
      ...asked,
      request: { ...asked.request, context: { 'aws:SourceIp': '192.0.2.7' } },
    };
    expect(runExplain([write('explain.json', JSON.stringify(from))])).toBe(0);
    expect(printed).toContain(
      'denied by an identity-based policy: policy identity[0], statement 2, Sid NotFromThere',
    );
    expect(printed).toContain('IpAddress aws:SourceIp: policy "192.0.2.0/24", request "192.0.2.7"');
  });
});

describe('portcullis lint', () => {
  const options = { kind: 'managed', json: false, strict: false } as const;

  test('gives line and column, and fails, for an error', () => {
    const file = write(
      'duplicate.json',
      '{"Version":"2012-10-17",\n "Version":"2012-10-17","Statement":[]}',
    );
    expect(runLint([file], options)).toBe(1);
    expect(printed).toContain(`${file}:2:2 error DUPLICATE_MEMBER`);
  });

  test('advice fails only where it is asked to', () => {
    const pass = { Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' };
    const file = write('advice.json', JSON.stringify(policyOf(pass)));
    expect(runLint([file], options)).toBe(0);
    expect(printed).toContain('PASS_ROLE_ON_EVERYTHING');
    expect(runLint([file], { ...options, strict: true })).toBe(1);
  });

  test('a sound policy has no findings', () => {
    const file = write(
      'sound.json',
      JSON.stringify(
        policyOf({ ...ALLOW, Resource: 'arn:aws:orders:us-east-1:123456789012:order/*' }),
      ),
    );
    expect(runLint([file], { ...options, strict: true, json: true })).toBe(0);
    expect(JSON.parse(printed)).toEqual([{ file, findings: [] }]);
  });
});

describe('portcullis operations', () => {
  test('prints every row with its permission', () => {
    runOperations({ json: true });
    const rows = JSON.parse(printed) as { name: string; permission: { action: string } | null }[];
    expect(rows.find(({ name }) => name === 'CreateUser')?.permission?.action).toBe(
      'iam:CreateUser',
    );
    expect(rows.find(({ name }) => name === 'GetCallerIdentity')?.permission).toBeNull();
  });

  test('prints a table for people', () => {
    runOperations({ json: false });
    expect(printed.split('\n')[0]).toMatch(/^OPERATION +ACCESS LEVEL/);
  });
});

describe('portcullis cache-safety', () => {
  const options = { key: 'request', seconds: 300, changing: [] } as const;
  const here = { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } };

  test('says which decisions a gateway may keep, and which statement stands in the way', () => {
    const file = write(
      'kept.json',
      JSON.stringify([
        scenario(policyOf(ALLOW), { id: 'plain' }),
        scenario(policyOf({ ...ALLOW, Sid: 'Here', Condition: here }), { id: 'address' }),
        scenario(
          policyOf({ ...ALLOW, Sid: 'Web', Condition: { Null: { 'orders:Channel': true } } }),
          {
            id: 'channel',
          },
        ),
      ]),
    );
    expect(runCacheSafety([file], options)).toBe(0);
    expect(printed).toBe('plain: kept, allowed\naddress: kept, denied\nchannel: kept, allowed\n');
    printed = '';
    const changing = ['orders:channel'];
    expect(runCacheSafety([file], { ...options, key: 'caller', changing })).toBe(1);
    expect(printed).toBe(
      [
        'plain: kept, allowed',
        'address: not kept',
        '  Here of identity-based policy identity[0] asks for aws:SourceIp',
        'channel: not kept',
        '  Web of identity-based policy identity[0] asks for orders:Channel',
        '',
      ].join('\n'),
    );
  });

  test('takes a parameter of a resource for anything', () => {
    const one = scenario(policyOf({ ...ALLOW, Resource: 'arn:aws:orders:*:*:order/42' })) as {
      request: object;
    };
    const resource = 'arn:aws:orders:us-east-1:123456789012:order/{orderId}';
    const open = { ...one, request: { ...one.request, resource } };
    expect(runCacheSafety([write('open.json', JSON.stringify(open))], options)).toBe(1);
    expect(printed).toContain('asks for some of the resources alone');
    expect(runCacheSafety([write('none.json', '{"id":"none"}')], options)).toBe(1);
    expect(printed).toContain('none: not kept\n  the scenario cannot be read');
  });
});
