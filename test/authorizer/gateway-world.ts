import { randomBytes } from 'node:crypto';
import { Authorizer, type AuthorizerOptions } from '../../lambdas/authorizer/authorizer';
import type { GatewaySettings } from '../../lambdas/authorizer/gateways';
import { sealDenials } from '../../lambdas/authorizer/denial-message';
import { AuthorizationMessages } from '../../lambdas/credentials/authorization-message';
import { DataKeys } from '../../lambdas/credentials/data-key';
import type { KeyEncryption } from '../../lambdas/credentials/key-encryption';
import { SealedSecrets } from '../../lambdas/credentials/sealed-secret';
import { createBearerTokens } from '../../lambdas/credentials/sign-in-tokens';
import { SessionTokens } from '../../lambdas/credentials/session-token';
import type { ServiceDefinition } from '../../lambdas/core/catalogue/service-definition';
import {
  inlinePolicyKey,
  routeCatalogueKey,
  serviceDefinitionKey,
  servicePolicyKey,
  signInSessionKey,
} from '../../lambdas/store/keys';
import { MemoryStore } from '../../lambdas/store/memory-store';
import {
  ACCOUNT,
  ObservedStore,
  put,
  putAccessKey,
  putAccount,
  putUser,
} from '../identity/principal-rows';
import { GATEWAY_SETTINGS } from './gateway-settings';

export const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
export const ALICE = {
  accessKeyId: 'AKIAALICEALICEALICE1',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+alice',
};

/** One account with one user, and an authorizer in front of it. */
export interface GatewayWorld {
  readonly store: MemoryStore;
  readonly observed: ObservedStore;
  readonly authorizer: Authorizer;
  readonly lines: string[];
  readonly messages: AuthorizationMessages;
  readonly dataKeys: DataKeys;
  /** A session of alice's that her access key has asked for: `ASIA…` with its secret and token. */
  readonly session: () => Promise<SessionCredentials>;
  /** An access token of alice, who has signed in. */
  readonly signIn: () => Promise<string>;
  /** Gives alice an inline policy of this one statement. */
  readonly allow: (action: string, resource?: string, condition?: object) => Promise<void>;
  readonly forbid: (action: string, resource?: string) => Promise<void>;
  readonly registerCatalogue: (apiId: string, catalogue: object) => Promise<void>;
  readonly defineService: (definition: ServiceDefinition, accountId?: string) => Promise<void>;
  /** Gives every resource of a service a policy of this one statement. */
  readonly share: (service: string, statement: object, accountId?: string) => Promise<void>;
}

export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** A key service that turns keys round. */
const REVERSING: KeyEncryption = {
  generateDataKey: () => {
    const plaintext = new Uint8Array(randomBytes(32));
    return Promise.resolve({ plaintext, encrypted: plaintext.toReversed() });
  },
  decrypt: (encrypted) => Promise.resolve(encrypted.toReversed()),
};

export async function createGatewayWorld(
  settings: Partial<GatewaySettings> = {},
  options: Pick<AuthorizerOptions, 'explainDenials'> = {},
): Promise<GatewayWorld> {
  const store = new MemoryStore();
  const observed = new ObservedStore(store);
  const lines: string[] = [];
  const dataKeys = new DataKeys({ store, keyEncryption: REVERSING, clock: () => NOW });
  const messages = new AuthorizationMessages(dataKeys);
  const secrets = new SealedSecrets(dataKeys);
  const sessions = new SessionTokens(dataKeys);
  const bearerTokens = createBearerTokens(dataKeys);
  await putAccount(store);
  await putUser(store, { id: 'AIDAALICE', name: 'alice' });
  await putAccessKey(store, ALICE.accessKeyId, {
    sealedSecret: await secrets.seal(ALICE.secretAccessKey, {
      table: 'identities',
      ownerId: 'AIDAALICE',
      keyId: ALICE.accessKeyId,
    }),
  });
  const grant = async (Effect: string, Action: string, Resource: string, Condition?: object) => {
    const name = `p${String(grants++)}`;
    const statement = {
      Effect,
      Action,
      Resource,
      ...(Condition === undefined ? {} : { Condition }),
    };
    await put(store, inlinePolicyKey('User', ACCOUNT, 'AIDAALICE', name), {
      PolicyName: name,
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
    });
  };
  let grants = 0;
  let issued = 0;
  const session = async (): Promise<SessionCredentials> => {
    const key = {
      accessKeyId: `ASIAALICEALICEALICE${String((issued += 1))}`,
      secretAccessKey: 'sessionSecretsessionSecretsessionSecre0',
    };
    const sessionToken = await sessions.seal({
      kind: 'user',
      accountId: ACCOUNT,
      principalId: 'AIDAALICE',
      ...key,
      issuedAt: NOW / 1000 - 60,
      expiresAt: NOW / 1000 + 900,
      issuingAccessKeyId: ALICE.accessKeyId,
      tags: [],
      transitiveTagKeys: [],
      isChained: false,
      context: {},
    });
    return { ...key, sessionToken };
  };
  const signIn = async (): Promise<string> => {
    const sessionId = `ASIASIGNEDINALICE${String((issued += 1))}`;
    const times = { SignInDate: NOW - 60_000, RefreshDate: NOW - 60_000 };
    await put(store, signInSessionKey(ACCOUNT, 'AIDAALICE', sessionId), {
      SessionId: sessionId,
      Generation: 0,
      ...times,
      RefreshTokenHash: new Uint8Array(32),
      ExpirationDate: NOW + 900_000,
      SourceIp: '192.0.2.1',
      UserAgent: 'test',
    });
    return bearerTokens.seal({
      kind: 'User',
      accountId: ACCOUNT,
      ownerId: 'AIDAALICE',
      sessionId,
      generation: 0,
      signInDate: NOW - 60_000,
      expirationDate: NOW + 900_000,
    });
  };
  return {
    store,
    observed,
    lines,
    messages,
    dataKeys,
    session,
    signIn,
    authorizer: new Authorizer({
      store: observed,
      stalenessSeconds: 0,
      gateways: { ...GATEWAY_SETTINGS, ...settings },
      openSecret: async ({ SealedSecret, OwnerId, AccessKeyId }) =>
        secrets.open(SealedSecret, { table: 'identities', ownerId: OwnerId, keyId: AccessKeyId }),
      sessions,
      bearerTokens,
      loadWebIdentityProver: () => Promise.reject(new Error('no identity token is expected')),
      explainDenials: (answer) => sealDenials(answer, dataKeys),
      now: () => NOW,
      log: (line) => lines.push(line),
      ...options,
    }),
    allow: (action, resource = '*', condition) => grant('Allow', action, resource, condition),
    forbid: (action, resource = '*') => grant('Deny', action, resource),
    registerCatalogue: (apiId, catalogue) =>
      put(store, routeCatalogueKey(apiId, '*'), catalogue as never),
    defineService: (definition, accountId = ACCOUNT) =>
      put(store, serviceDefinitionKey(accountId, definition.service), {
        ...definition,
        UpdateDate: NOW,
      } as never),
    share: (service, statement, accountId = ACCOUNT) =>
      put(store, servicePolicyKey(accountId, service), {
        Service: service,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [statement] }),
        UpdateDate: NOW,
      }),
  };
}
