/** The arrows between rooms; docs/architecture.md draws them. */
const room = (name) => `^lambdas/${name}/`;
const only = (from, allowed, comment) => ({
  name: `${from.replace(/[^a-z]/g, '-')}-arrows`,
  comment,
  severity: 'error',
  from: { path: from.startsWith('^') ? from : room(from) },
  to: { path: '^(lambdas|lib|local|guard|bin|examples|bench|test|scripts)/', pathNot: allowed },
});
const SDK = '^(node_modules/)?(@aws-sdk|@smithy|@aws-crypto|@aws)/';

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: { pathNot: '^node_modules' },
      to: { circular: true },
    },
    only('core', [room('core')], 'the core is pure'),
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'no package and no Node API inside core, so that it runs anywhere',
      from: { path: room('core') },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-peer', 'core', 'npm-no-pkg', 'unknown'],
        pathNot: 'ipaddr',
      },
    },
    only('protocol', [room('core'), room('protocol')]),
    only('store', [room('core'), room('store')]),
    {
      name: 'sdk-in-the-dynamodb-file-alone',
      severity: 'error',
      from: { path: room('store'), pathNot: 'dynamodb-' },
      to: { path: SDK },
    },
    only('credentials', [
      room('core'),
      room('credentials'),
      '^lambdas/store/(store|keys)\\.ts$',
      '^lambdas/protocol/(http|errors)\\.ts$',
    ]),
    only('identity', [
      room('core'),
      room('credentials'),
      room('identity'),
      '^lambdas/store/(store|keys)\\.ts$',
      '^lambdas/protocol/errors\\.ts$',
    ]),
    only('operations', [room('(core|protocol|credentials|store|identity|operations)')]),
    only('(iam|sts|organizations|portcullis)', [
      room('(core|protocol|credentials|store|identity|operations)'),
      room('(iam|sts|organizations|portcullis)'),
    ]),
    {
      name: 'services-are-strangers',
      severity: 'error',
      comment: 'one function each: iam, sts and organizations share only what lies below them',
      from: { path: '^lambdas/(iam|sts|organizations|portcullis)/' },
      to: { path: '^lambdas/(iam|sts|organizations|portcullis)/', pathNot: '^lambdas/$1/' },
    },
    only('authorizer', [room('(core|protocol|credentials|store|identity|authorizer)')]),
    only('issuer', [room('(core|protocol|credentials|store|identity|issuer)')]),
    only('saml', [room('(core|credentials|store|identity|saml)')]),
    only('sign-in', [room('(core|protocol|credentials|store|identity|sign-in)')]),
    only('deployment', [room('(core|protocol|credentials|store|identity|deployment)')]),
    only(
      '^lib/',
      ['^lib/'],
      'lib names Lambda entry points by path and imports none of their code',
    ),
    only(
      '^guard/',
      ['^guard/', room('core')],
      'the guard is bundled into functions of others: nothing but itself and pure code',
    ),
    only('^local/', ['^local/'], 'the local run loads bundles; it imports neither lib nor lambdas'),
    {
      name: 'no-barrels-in-lambdas',
      severity: 'error',
      from: {},
      to: { path: '^lambdas/.*/index\\.ts$' },
    },
    {
      name: 'not-to-tests',
      severity: 'error',
      from: { path: '^(lambdas|lib|local|guard|bin|examples)/' },
      to: { path: '^(test|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^constructs/|^(guard/)?dist/|(^|/)cdk\\.out/|\\.portcullis/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
