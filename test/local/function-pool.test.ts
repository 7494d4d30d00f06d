import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { FunctionPool } from '../../local/function-pool';
import type { FunctionPoolOptions } from '../../local/function-pool';
import { createFolder } from './fixture';

describe('a function in its worker threads', () => {
  const folder = createFolder();
  const pools: FunctionPool[] = [];
  const lines: string[] = [];
  let made = 0;

  function create(source: string, more: Partial<FunctionPoolOptions> = {}): FunctionPool {
    made += 1;
    const directory = join(folder.path, `function-${made}`);
    mkdirSync(directory);
    writeFileSync(join(directory, 'index.js'), source);
    const pool = new FunctionPool({
      modulePath: join(directory, 'index'),
      handlerName: 'handler',
      functionName: 'tested',
      functionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:tested',
      logGroupName: '/aws/lambda/tested',
      memoryMegabytes: 128,
      environment: { TABLE: 't' },
      timeoutMilliseconds: 5000,
      maximumConcurrency: 1,
      onLog: (line) => lines.push(line),
      ...more,
    });
    pools.push(pool);
    return pool;
  }

  async function ask(pool: FunctionPool, event: unknown = {}): Promise<unknown> {
    const result = await pool.invoke(JSON.stringify(event));
    return result.ok
      ? JSON.parse(result.payload)
      : [result.error.errorType, result.error.errorMessage];
  }

  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.restart()));
    folder.remove();
  });

  test('it sees the environment of its template and nothing of this process', async () => {
    process.env['ONLY_OUTSIDE'] = 'x';
    expect(await ask(create('exports.handler = async () => process.env;'))).toEqual({ TABLE: 't' });
  });

  test('each invocation is reported as Lambda does, the first with what loading took', async () => {
    const pool = create(
      `exports.handler = async ({ fails }) => { if (fails) throw new Error('no'); };`,
    );
    const first = lines.length;
    await ask(pool);
    await ask(pool, { fails: true });
    const reports = lines
      .slice(first)
      .map((line) => JSON.parse(line) as { type?: string; record: unknown })
      .filter(({ type }) => type === 'platform.report');
    const metrics = {
      durationMs: expect.any(Number) as number,
      billedDurationMs: expect.any(Number) as number,
      memorySizeMB: 128,
      maxMemoryUsedMB: expect.any(Number) as number,
    };
    expect(reports).toEqual([
      {
        time: expect.any(String) as string,
        type: 'platform.report',
        record: {
          requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
          status: 'success',
          metrics: { ...metrics, initDurationMs: expect.any(Number) as number },
        },
      },
      {
        time: expect.any(String) as string,
        type: 'platform.report',
        record: { requestId: expect.any(String) as string, status: 'failure', metrics },
      },
    ]);
  });

  test('its context is that of an invocation', async () => {
    const pool = create(`exports.handler = async (event, context) => ({
      ...context, remaining: context.getRemainingTimeInMillis(), event });`);
    expect(await ask(pool, { a: 1 })).toMatchObject({
      event: { a: 1 },
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown,
      invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:tested',
      functionName: 'tested',
      memoryLimitInMB: '128',
      remaining: expect.any(Number) as unknown,
    });
  });

  test('what it keeps outlives an invocation', async () => {
    const pool = create('let count = 0; exports.handler = async () => ++count;');
    expect([await ask(pool), await ask(pool)]).toEqual([1, 2]);
  });

  test('what it throws is the error of the invocation, and it goes on', async () => {
    const pool = create(`let count = 0;
      exports.handler = async () => { count += 1; if (count === 1) throw new TypeError('no'); return count; };`);
    expect([await ask(pool), await ask(pool)]).toEqual([['TypeError', 'no'], 2]);
  });

  test('a timeout ends the environment, and the next invocation has a new one', async () => {
    const pool = create(
      `let count = 0; exports.handler = async (event) => { count += 1; if (event.hang) while (true); return count; };`,
      { timeoutMilliseconds: 300 },
    );
    expect(await ask(pool)).toBe(1);
    expect(await ask(pool, { hang: true })).toEqual([
      'Sandbox.Timedout',
      expect.stringMatching(/Task timed out after 0\.30 seconds$/),
    ]);
    expect(await ask(pool)).toBe(1);
  });

  test('a crash and an exit are errors, and the next invocation has a new environment', async () => {
    const pool = create(`exports.handler = async (event) => {
      if (event.exit) process.exit(3);
      if (event.crash) { setImmediate(() => { throw new Error('late'); }); await new Promise(() => {}); }
      return 'fine'; };`);
    expect(await ask(pool, { crash: true })).toEqual(['Error', 'late']);
    expect(await ask(pool)).toBe('fine');
    expect(await ask(pool, { exit: true })).toEqual([
      'Runtime.ExitError',
      'Runtime exited with error: exit status 3',
    ]);
    expect(await ask(pool)).toBe('fine');
  });

  test('a bundle that cannot be loaded says why, at the start and at every invocation', async () => {
    const pool = create("throw new Error('broken bundle');");
    expect(await pool.load()).toBe('broken bundle');
    expect(await ask(pool)).toEqual(['Error', 'broken bundle']);
    expect(await ask(pool)).toEqual(['Error', 'broken bundle']);
    expect(await create('exports.other = 1;').load()).toBe('handler is undefined or not exported');
    expect(await create('exports.handler = (a, b, callback) => callback();').load()).toMatch(
      /callback handlers/,
    );
  });

  test('events and answers of over 6 MB are refused', async () => {
    const pool = create("exports.handler = async () => 'x'.repeat(7 * 1024 * 1024);");
    expect(await ask(pool, 'x'.repeat(7 * 1024 * 1024))).toEqual([
      'RequestEntityTooLargeException',
      expect.any(String),
    ]);
    expect(await ask(pool)).toEqual(['Function.ResponseSizeTooLarge', expect.any(String)]);
  });

  test('an environment has one invocation at a time; others wait or have an environment of their own', async () => {
    const source = `let running = 0; exports.handler = async () => {
      running += 1; const seen = running; await new Promise((done) => setTimeout(done, 30)); running -= 1; return seen; };`;
    const alone = create(source);
    expect(await Promise.all([1, 2, 3].map(() => ask(alone)))).toEqual([1, 1, 1]);
    const both = create(
      'const id = Math.random(); exports.handler = () => new Promise((done) => setTimeout(() => done(id), 100));',
      {
        maximumConcurrency: 2,
      },
    );
    expect(new Set(await Promise.all([1, 2, 3, 4].map(() => ask(both)))).size).toBe(2);
  });

  test('its console writes JSON lines with the request id', async () => {
    lines.length = 0;
    await ask(
      create(
        "exports.handler = async () => { console.log('a %s', 'b'); console.error({ code: 1 }); };",
      ),
    );
    // The last one reports the invocation.
    expect(lines.slice(0, -1).map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        timestamp: expect.any(String) as unknown,
        level: 'INFO',
        requestId: expect.any(String) as unknown,
        message: 'a b',
      },
      {
        timestamp: expect.any(String) as unknown,
        level: 'ERROR',
        requestId: expect.any(String) as unknown,
        message: { code: 1 },
      },
    ]);
  });

  test('an answer that is undefined is null', async () => {
    expect(await ask(create('exports.handler = async () => undefined;'))).toBeNull();
  });
});
