import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { format } from 'node:util';
import vm from 'node:vm';
import { transformSync } from 'esbuild';

/**
 * Runs the tests of the core for Stryker, in its own process: for each mutant all modules are evaluated anew, so that nothing a test
 * or a module keeps outlives the mutant, but nothing is read or transformed twice. A mutant takes milliseconds where a whole start of
 * jest takes seconds. The tests are the very files that jest runs; `expect` is jest's own.
 *
 * Source: https://stryker-mutator.io/docs/stryker-js/guides/create-a-plugin/
 */
class CoreRunner {
  constructor() {
    const root = process.cwd();
    const requireHere = createRequire(join(root, 'package.json'));
    const requireTypes = createRequire(requireHere.resolve('@types/jest/package.json'));
    this.root = root;
    this.expect = requireTypes('expect').expect;
    this.scripts = new Map();
    this.imports = new Map();
    this.times = new Map();
    this.external = requireHere;
    requireHere('./test/harness/fast-check-seed.cjs');
  }

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun() {
    const state = stateOfStryker();
    const results = [];
    for (const test of this.load(findTestFiles(this.root))) {
      state.currentTestId = test.id;
      const begin = performance.now();
      const failureMessage = await failureOf(test);
      const timeSpentMs = performance.now() - begin;
      const { id } = test;
      this.times.set(id, timeSpentMs);
      const result = { id, name: id, fileName: test.file, timeSpentMs };
      if (failureMessage === undefined) results.push({ ...result, status: SUCCESS });
      else results.push({ ...result, status: FAILED, failureMessage });
    }
    state.currentTestId = undefined;
    return { status: 'complete', tests: results, mutantCoverage: state.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail, ...run }) {
    const state = stateOfStryker();
    const wanted = testFilter && new Set(testFilter);
    state.hitLimit = hitLimit;
    state.hitCount = hitLimit === undefined ? undefined : 0;
    state.activeMutant = run.mutantActivation === 'static' ? activeMutant.id : undefined;
    const killedBy = [];
    let failureMessage;
    let nrOfTests = 0;
    try {
      const files = wanted === undefined ? this.dependentsOf(run.sandboxFileName) : filesOf(wanted);
      const tests = this.load(files).filter(({ id }) => wanted?.has(id) !== false);
      state.activeMutant = activeMutant.id;
      // The quick ones first: most mutants do not outlive them.
      for (const test of tests.sort((left, right) => this.timeOf(left) - this.timeOf(right))) {
        nrOfTests += 1;
        const failure = await failureOf(test);
        if (failure !== undefined) {
          killedBy.push(test.id);
          failureMessage ??= failure;
          if (!disableBail) break;
        }
        if (isOverLimit(state)) break;
      }
    } catch (error) {
      killedBy.push('loading the tests');
      failureMessage = messageOf(error);
    } finally {
      state.activeMutant = undefined;
    }
    if (isOverLimit(state)) return { status: 'timeout', reason: `more than ${hitLimit} hits` };
    if (killedBy.length === 0) return { status: 'survived', nrOfTests };
    return { status: 'killed', killedBy, failureMessage, nrOfTests };
  }

  timeOf({ id }) {
    return this.times.get(id) ?? 0;
  }

  /** The test files that import a file, by however many steps: no other test can notice a change of it. */
  dependentsOf(file) {
    const all = findTestFiles(this.root);
    return all.filter((test) => this.reaches(test, file, new Set()));
  }

  reaches(from, file, seen) {
    if (from === file) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return this.importsOf(from).some((next) => this.reaches(next, file, seen));
  }

  importsOf(file) {
    let imports = this.imports.get(file);
    if (imports === undefined) {
      const source = readFileSync(file, 'utf8');
      const names = [...source.matchAll(/ from '(\.[^']+)'/g)].map(([, name]) => name);
      imports = names.map((name) => resolve(dirname(file), name));
      this.imports.set(file, imports);
    }
    return imports;
  }

  /** Evaluates test files, with all that they import, and gives their tests. */
  load(files) {
    const tests = [];
    const modules = new Map();
    for (const file of files) {
      const globals = collectTests(relative(this.root, file), tests, this.expect);
      this.evaluate(file, modules, globals);
    }
    return tests;
  }

  evaluate(file, modules, globals) {
    const known = modules.get(file);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(file, module);
    const load = (name) => {
      if (!name.startsWith('.')) return this.external(name);
      return this.evaluate(resolve(dirname(file), name), modules, globals);
    };
    const { describe, test, expect } = globals;
    this.scriptOf(file)(module, module.exports, load, dirname(file), describe, test, expect);
    return module.exports;
  }

  scriptOf(file) {
    let script = this.scripts.get(file);
    if (script === undefined) {
      const source = readFileSync(file, 'utf8');
      const { code } = transformSync(source, { loader: 'ts', format: 'cjs', target: 'node20' });
      const parameters = 'module, exports, require, __dirname, describe, test, expect';
      script = vm.runInThisContext(`(function (${parameters}) {${code}\n})`, { filename: file });
      this.scripts.set(file, script);
    }
    return script;
  }
}

const SUCCESS = 0;
const FAILED = 1;

/** What the instrumented code and the runner share. */
function stateOfStryker() {
  globalThis.__stryker__ ??= {};
  return globalThis.__stryker__;
}

function isOverLimit({ hitLimit, hitCount }) {
  return hitLimit !== undefined && hitCount > hitLimit;
}

/** The id of a test begins with its file. */
function filesOf(ids) {
  const files = new Set();
  for (const id of ids) files.add(join(process.cwd(), id.slice(0, id.indexOf(' '))));
  return [...files].sort();
}

/** The core's own tests, and the comparison with the definitional evaluator. */
function findTestFiles(root) {
  const directory = join(root, 'test', 'core');
  const files = readdirSync(directory, { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(directory, name));
  return [...files, join(root, 'test', 'model', 'differential.test.ts')].sort();
}

function resolve(directory, name) {
  const path = join(directory, name);
  return existsSync(`${path}.ts`) ? `${path}.ts` : path;
}

/** `describe` and `test` as the tests of the core use them. */
function collectTests(file, tests, expect) {
  const titles = [];
  let count = 0;
  const add = (title, run) => {
    // Numbered within its file, so that it has one id whichever other files are loaded.
    count += 1;
    tests.push({ id: [file, ...titles, title, `#${count}`].join(' '), file, run });
  };
  const describe = (title, body) => {
    titles.push(title);
    body();
    titles.pop();
  };
  const each = (define) => (rows) => (title, run) => {
    // As jest does: only where every row is a list is each the list of the test's arguments.
    const isTable = rows.every(Array.isArray);
    for (const row of rows) {
      const values = isTable ? row : [row];
      define(fillTitle(title, values), () => run(...values));
    }
  };
  return {
    describe: Object.assign(describe, { each: each(describe) }),
    test: Object.assign(add, { each: each(add) }),
    expect,
  };
}

/** As jest does: `%s` and its like, or `$name` for members of an object. */
function fillTitle(title, values) {
  const placeholders = title.match(/%[a-z]/g) ?? [];
  const filled = format(title.replaceAll('%p', '%j'), ...values.slice(0, placeholders.length));
  return filled.replace(/\$(\w+)/g, (whole, name) => String(values[0]?.[name] ?? whole));
}

async function failureOf({ run }) {
  try {
    await run();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

const createRunner = () => new CoreRunner();
createRunner.inject = [];

export const strykerPlugins = [{ kind: 'TestRunner', name: 'core', factory: createRunner }];
