import { ROUTES, type AnyRoute, type Route } from './routes';

/** Behind `/signin`: the one request that tells nothing about an account. */
export const DESCRIPTION_PATH = 'openapi.json';

const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const truth = { type: 'boolean' } as const;

const object = (
  properties: Readonly<Record<string, object>>,
  required = Object.keys(properties),
) => ({
  type: 'object',
  properties,
  ...(required.length === 0 ? {} : { required }),
});

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const SESSION = object({
  SessionId: text,
  TokenType: { type: 'string', enum: ['Bearer'] },
  AccessToken: text,
  AccessTokenExpiration: time,
  RefreshToken: text,
  Expiration: time,
  MultiFactorAuthenticated: truth,
});

const CHALLENGE = object(
  {
    Step: { type: 'string', enum: ['MultiFactor', 'NewPassword'] },
    ChallengeToken: text,
    Expiration: time,
    Factors: { type: 'array', items: { type: 'string', enum: ['Code', 'Passkey'] } },
    PasskeyOptions: { type: 'object' },
  },
  ['Step', 'ChallengeToken', 'Expiration'],
);

const LISTED_SESSION = object({
  SessionId: text,
  SignInDate: time,
  RefreshDate: time,
  Expiration: time,
  MultiFactorAuthenticated: truth,
  SourceIp: text,
  UserAgent: text,
  IsCurrent: truth,
});

const ANSWERS: Readonly<Record<AnyRoute['answer'], object>> = {
  Step: {
    oneOf: [
      object({ Session: reference('SessionTokens') }),
      object({ Challenge: reference('Challenge') }),
    ],
  },
  Session: object({ Session: reference('SessionTokens') }),
  Sessions: object({ Sessions: { type: 'array', items: reference('Session') } }),
  Registration: object({
    ChallengeToken: text,
    Expiration: time,
    PasskeyOptions: { type: 'object' },
  }),
  Registered: object({ SerialNumber: text }),
  Nothing: { type: 'object' },
};

const jsonContent = (schema: object) => ({ 'application/json': { schema } });

/** The description of the routes, made of them. */
export function describeApi(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of ROUTES) {
    const path = `/signin${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Portcullis: signing in with a password',
      version: '1',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: {
        SessionTokens: SESSION,
        Challenge: CHALLENGE,
        Session: LISTED_SESSION,
        Error: object({ code: text, message: text, requestId: text }),
      },
      securitySchemes: { session: { type: 'http', scheme: 'bearer' } },
    },
  };
}

function describeRoute(route: AnyRoute): object {
  const { fields: members }: Route = route;
  const fields = Object.entries(members);
  const properties = Object.fromEntries(fields.map(([name, { schema }]) => [name, schema]));
  const required = fields.filter(([, { isRequired }]) => isRequired).map(([name]) => name);
  const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: text,
  }));
  return {
    operationId: route.operation,
    summary: route.summary,
    security: route.isSignedIn ? [{ session: [] }] : [],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(fields.length === 0
      ? {}
      : {
          requestBody: {
            required: true,
            content: jsonContent({
              ...object(properties, required),
              additionalProperties: false,
            }),
          },
        }),
    responses: {
      200: { description: 'Done.', content: jsonContent(ANSWERS[route.answer]) },
      default: { description: 'Refused.', content: jsonContent(reference('Error')) },
    },
  };
}
