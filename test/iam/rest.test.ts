import { createHash } from 'node:crypto';
import { IAM_OPERATIONS } from '../../lambdas/iam/operation-table';
import { ENCODED_POLICY_MEMBERS } from '../../lambdas/protocol/encoded-policies';
import type { Store, Write } from '../../lambdas/store/store';
import { deployAdmin, type AdminDeployment, type Credentials } from '../operations/deployment';
import { refusal } from '../operations/refusal';
import { callRest, toJson } from '../operations/rest-requests';
import { Scenery } from '../operations/scenery';
import { commandOf } from './command';
import { OPERATION_CASES } from './operation-cases';

/*
 * Every row by its route. Two accounts with one history: in the one a row is called by the Query protocol, in the other by its route.
 */

/** An account whose ids are those of any other that went the same way, and what was written in it. */
interface Account {
  readonly deployment: AdminDeployment;
  readonly scenery: Scenery;
  readonly caller: { readonly UserName: string; readonly credentials: Credentials };
  readonly writes: unknown[];
}

async function openAccount(): Promise<Account> {
  const writes: unknown[] = [];
  let drawn = 0;
  const deployment = await deployAdmin({
    randomBytes: (length) => {
      drawn += 1;
      return stretch(String(drawn), length);
    },
    intercept: (store): Store => ({
      get: (key) => store.get(key),
      getMany: (keys) => store.getMany(keys),
      query: (...asked) => store.query(...asked),
      transact: async (asked, options) => {
        await store.transact(asked, options);
        writes.push(...asked.map(comparable));
      },
    }),
  });
  const scenery = new Scenery(deployment.iam());
  return { deployment, scenery, caller: await scenery.caller(), writes };
}

function stretch(seed: string, length: number): Uint8Array {
  return new Uint8Array(createHash('shake256', { outputLength: length }).update(seed).digest());
}

/** Sealed texts differ at every sealing. */
function comparable(write: Write): unknown {
  return JSON.parse(
    JSON.stringify(write, (_name, value: unknown) =>
      value instanceof Uint8Array ? 'bytes' : value,
    ),
  );
}

const ENCODED = new Set(Object.values(ENCODED_POLICY_MEMBERS).flat());

/** Markers are sealed, and differ at every sealing. */
function withoutMarker(output: object): object {
  return 'Marker' in output ? { ...output, Marker: 'sealed' } : output;
}

/** A client's answer as REST JSON has it; the client leaves policies percent-encoded as they come in XML. */
function asRestJson(answer: object): unknown {
  const { $metadata, ...output } = answer as { $metadata: unknown };
  expect($metadata).toBeDefined();
  return JSON.parse(
    JSON.stringify(toJson(withoutMarker(output)), (name, value: unknown) =>
      ENCODED.has(name) && typeof value === 'string' ? decodeURIComponent(value) : value,
    ),
  );
}

let query: Account;
let rest: Account;

beforeAll(async () => {
  const started = Date.now();
  jest.spyOn(Date, 'now').mockReturnValue(started);
  [query, rest] = [await openAccount(), await openAccount()];
});

afterAll(async () => {
  jest.restoreAllMocks();
  for (const { deployment } of [query, rest]) {
    await deployment.close();
    expect(deployment.failures).toEqual([]);
  }
});

test.each(IAM_OPERATIONS.operations.map((operation) => [operation.name, operation] as const))(
  '%s by its route needs the same permission, has the same effect and gives the same answer',
  async (name, operation) => {
    const make = OPERATION_CASES[name];
    if (make === undefined) throw new Error(`${name} has no case`);
    const byQuery = await make(query.scenery);
    const byRoute = await make(rest.scenery);
    const { UserName, credentials } = byRoute.caller ?? rest.caller;
    const client = query.deployment.iam((byQuery.caller ?? query.caller).credentials);

    const everythingElse = {
      Effect: 'Allow',
      NotAction: byRoute.action ?? `iam:${name}`,
      Resource: '*',
    };
    await query.scenery.permit((byQuery.caller ?? query.caller).UserName, everythingElse);
    await rest.scenery.permit(UserName, everythingElse);
    const refused = await callRest(rest.deployment, operation, byRoute.input, credentials);
    const told = await refusal(client.send(commandOf(name, byQuery.input)));
    expect(refused.statusCode).toBe(403);
    expect(JSON.parse(refused.body)).toEqual({
      code: 'AccessDenied',
      message: told.message,
      requestId: refused.headers['x-amzn-requestid'],
    });

    for (const [account, { caller, action, resource, also }] of [
      [query, byQuery],
      [rest, byRoute],
    ] as const) {
      const own = { Effect: 'Allow', Action: action ?? `iam:${name}`, Resource: resource };
      await account.scenery.permit((caller ?? account.caller).UserName, own, ...(also ?? []));
      account.writes.length = 0;
    }
    const answer = await callRest(rest.deployment, operation, byRoute.input, credentials);
    const call = client.send(commandOf(name, byQuery.input));
    if (byRoute.refused !== undefined) {
      const { code, message, statusCode } = await refusal(call);
      expect(JSON.parse(answer.body)).toMatchObject({ message });
      expect(code).toContain(byRoute.refused);
      expect(answer.statusCode).toBe(statusCode);
    } else {
      expect(withoutMarker(JSON.parse(answer.body) as object)).toEqual(asRestJson(await call));
      expect(answer.statusCode).toBe(200);
    }
    expect(answer.headers['content-type']).toBe('application/json');
    expect(rest.writes).toEqual(query.writes);
  },
);
