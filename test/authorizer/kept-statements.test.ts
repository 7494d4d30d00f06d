import { keptStatements } from '../../lambdas/authorizer/answers/kept-statements';
import { compilePieces, cutPattern } from '../../lambdas/core/glob';

/* Paths as they are sent, of which a gateway may take several for one route. */

const GATEWAY = {
  partition: 'aws',
  region: 'eu-west-1',
  accountId: '123456789012',
  apiId: 'a1b2c3',
  stage: 'prod',
  service: 'execute-api',
};

function lets(routes: Readonly<Record<string, boolean>>, method: string, path: string): boolean {
  const statements = keptStatements(
    GATEWAY,
    Object.entries(routes).map(([routeKey, isAllowed]) => ({ routeKey, isAllowed })),
  );
  const arn = `arn:aws:execute-api:eu-west-1:123456789012:a1b2c3/prod/${method}${path}`;
  const effects = statements
    .filter(({ Resource }) => Resource.some((one) => compilePieces(cutPattern(one))(arn, 0)))
    .map(({ Effect }) => Effect);
  return effects.includes('Allow') && !effects.includes('Deny');
}

const ROUTES = {
  'GET /{proxy+}': true,
  'GET /Admin-1/keys': false,
};

test.each([
  '/Admin-1/keys',
  '/Admin-1/keys/',
  '/Admin-1//keys',
  '//Admin-1/keys',
  '/%41dmin-1/keys',
  '/Admin%2D1/keys',
  '/Admin%2d1/keys',
  '/Admin-%31/keys',
  '/Admin-1/%6Beys',
  '/Admin-1/%6beys',
  '/Admin-1/ke%79s',
])('a route that is denied is denied for %s', (path) => {
  expect(lets(ROUTES, 'GET', path)).toBe(false);
});

test.each(['/', '/orders', '/a%20b/c', '/a%40b', '/a%3Ab', '/%C3%A4', '/Admin-1/keys/42'])(
  'a route that is denied takes nothing from the one beside it: %s',
  (path) => {
    expect(lets({ ...ROUTES, 'GET /': true }, 'GET', path)).toBe(true);
  },
);

test('a route below another’s parameter is denied with a slash at its end', () => {
  const routes = { 'GET /orders/{id}': true, 'GET /orders/{id}/secret': false };
  expect(lets(routes, 'GET', '/orders/42')).toBe(true);
  for (const path of ['/orders/42/secret', '/orders/42/secret/', '/orders/42/%73ecret']) {
    expect([path, lets(routes, 'GET', path)]).toEqual([path, false]);
  }
});

test('where nothing is denied, letters may be escaped', () => {
  expect(lets({ 'GET /orders/{id}': true }, 'GET', '/orders/%61')).toBe(true);
});

test.each([
  ['of all routes is larger', 500, 500],
  ['has too many routes', 40, 400],
  ['has too many routes', 60, 900],
])('what no gateway takes is refused before it costs much: %s', (message, allowed, denied) => {
  const routes: Record<string, boolean> = {};
  for (let index = 0; index < allowed; index += 1) routes[`GET /a/{b}/c${index}/{d}/{e}`] = true;
  for (let index = 0; index < denied; index += 1) routes[`GET /a/{b}/d${index}/{e}/x`] = false;
  expect(() => lets(routes, 'GET', '/a')).toThrow(message);
});
