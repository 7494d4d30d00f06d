import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.join(__dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
  maxBuffer: 1 << 24,
})
  .split('\n')
  .filter((file) => file !== '');

const sources = tracked.filter((file) =>
  /^(bin|lib|local|lambdas|guard|examples)\/.*\.ts$/.test(file),
);

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** AWS's own words, and the barrels that users import from. */
const NAMED_BY_AWS: ReadonlySet<string> = new Set([
  'guard/index.ts',
  'lib/index.ts',
  'local/services/secrets-manager.ts',
]);

function longFunctions(file: string, limitLines: number): string[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && !ts.isTypeNode(node)) {
      const start = lineOf(node.getStart(source));
      const lines = lineOf(node.end) - start + 1;
      if (lines > limitLines) found.push(`${file}:${start + 1} (${lines} lines)`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** `[text](file)` and `[text](file#heading)`; nothing of the web. */
function brokenLinks(file: string): string[] {
  const targets = [...read(file).matchAll(/\]\(([^)#\s]+)(?:#([^)\s]+))?\)/g)];
  return targets.flatMap(([, target = '', heading]) => {
    if (/^https?:/.test(target)) return [];
    const found = path.posix.join(path.posix.dirname(file), target);
    if (!existsSync(path.join(root, found))) return [`${file}: ${target}`];
    if (heading === undefined || headings(found).has(heading)) return [];
    return [`${file}: ${target}#${heading}`];
  });
}

/** As GitHub makes anchors of them. */
function headings(file: string): ReadonlySet<string> {
  return new Set(
    [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} -]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

describe('the house is tidy', () => {
  test('no source file is longer than 400 lines', () => {
    const long = sources.filter((file) => read(file).split('\n').length > 401);
    expect(long).toEqual([]);
  });

  test('no function is longer than 60 lines', () => {
    expect(sources.flatMap((file) => longFunctions(file, 60))).toEqual([]);
  });

  test('no file name is a catch-all', () => {
    const vague = /(^|\/|-)(utils?|helpers?|manager|common|misc|index)\.[cm]?[jt]s$/;
    const found = [...sources, ...tracked.filter((file) => file.startsWith('test/'))].filter(
      (file) => vague.test(file) && !NAMED_BY_AWS.has(file),
    );
    expect(found).toEqual([]);
  });

  test('no file name has capitals or underscores', () => {
    expect(sources.filter((file) => /[A-Z_]/.test(path.basename(file)))).toEqual([]);
  });

  test('no source suppresses the type checker', () => {
    const suppressed = sources.filter((file) =>
      /@ts-(ignore|nocheck|expect-error)|as any[;,)\].]/.test(read(file)),
    );
    expect(suppressed).toEqual([]);
  });

  test('every link of a page leads somewhere', () => {
    const pages = tracked.filter((file) => file.endsWith('.md'));
    expect(pages.flatMap(brokenLinks)).toEqual([]);
  });

  test('no text names a path of one machine', () => {
    const machinePath = new RegExp(
      ['/work/', '/root/', '\\.\\./shared'].join('|').replaceAll('/', '\\/'),
    );
    const text = tracked.filter(
      (file) =>
        /\.(ts|mjs|cjs|json|md|sh|yml)$|^\.ci\/run$/.test(file) && file !== 'package-lock.json',
    );
    const found = text.filter(
      (file) => file !== 'test/tidy.test.ts' && machinePath.test(read(file)),
    );
    expect(found).toEqual([]);
  });
});

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

describe('dependencies are chosen', () => {
  const manifest = JSON.parse(read('package.json')) as Manifest;
  const versions = { ...manifest.dependencies, ...manifest.devDependencies };

  test('every version is exact', () => {
    const loose = Object.entries(versions).filter(
      ([, version]) => !/^\d+\.\d+\.\d+$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  test('every dependency is defended in docs/dependencies.md', () => {
    const defence = read('docs/dependencies.md');
    const missing = Object.keys(versions).filter((name) => !defence.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });

  test('every installed licence is permissive', () => {
    const lock = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { license?: string; optional?: boolean }>;
    };
    const permissive =
      /^\(?(Apache-2\.0|MIT|MIT-0|ISC|BSD(-[23]-Clause)?|0BSD|BlueOak-1\.0\.0|CC0-1\.0|CC-BY-[34]\.0|Python-2\.0|Unlicense|WTFPL)\b/;
    const others = Object.entries(lock.packages)
      .filter(([name, entry]) => name !== '' && !permissive.test(entry.license ?? 'unknown'))
      .map(([name, entry]) => `${name}: ${entry.license ?? 'unknown'}`);
    expect(others).toEqual([]);
  });
});
