import { iamArn } from '../identity/arns';
import type { Tag } from '../identity/entities';
import type { Found } from '../identity/lookup';
import type {
  OpenIdConnectProviderRecord,
  SamlProviderRecord,
} from '../identity/provider-entities';
import { readOpenIdConnectProvider, readSamlProvider } from '../identity/provider-records';
import { resourceTagContext } from '../identity/tags';
import type { Authorization, Call, Checked } from '../operations/operation';
import { invalidArn } from '../protocol/error-messages';
import { IamError } from '../protocol/errors';
import { openIdConnectProviderKey, samlProviderKey } from '../store/keys';

/* Identity providers by their ARNs: found once per attempt, for the authorization and for the function. */

type Details<Input> = Partial<Pick<Authorization<Input>, 'conditionKeys' | 'context'>>;

/** On the OIDC provider whose ARN the input has. */
export function onOpenIdConnectProvider<
  Input extends { OpenIDConnectProviderArn: string | undefined },
>(action: string, details: Details<Input> = {}): Authorization<Input> {
  return onProvider(action, 'oidc-provider', details, (input, call) => {
    const { OpenIDConnectProviderArn: arn } = input as { OpenIDConnectProviderArn: string };
    return { arn, find: () => findOpenIdConnectProvider(call, arn) };
  });
}

/** On the SAML provider whose ARN the input has. */
export function onSamlProvider<Input extends { SAMLProviderArn: string | undefined }>(
  action: string,
  details: Details<Input> = {},
): Authorization<Input> {
  return onProvider(action, 'saml-provider', details, (input, call) => {
    const { SAMLProviderArn: arn } = input as { SAMLProviderArn: string };
    return { arn, find: () => findSamlProvider(call, arn) };
  });
}

interface Named {
  readonly arn: string;
  readonly find: () => Promise<Found<{ readonly Tags: readonly Tag[] }> | undefined>;
}

function onProvider<Input>(
  action: string,
  resourceType: ProviderType,
  details: Details<Input>,
  nameOf: (input: Checked<Input>, call: Call) => Named,
): Authorization<Input> {
  return {
    action,
    resourceType,
    resources: (input, call) => {
      const { arn } = nameOf(input, call);
      checkProviderArn(arn, resourceType);
      return [arn];
    },
    conditionKeys: ['aws:ResourceTag/${TagKey}', ...(details.conditionKeys ?? [])],
    context: async (input, call) => ({
      ...resourceTagContext((await nameOf(input, call).find())?.entity.Tags ?? []),
      ...(await details.context?.(input, call)),
    }),
  };
}

type ProviderType = 'oidc-provider' | 'saml-provider';

/** Errors: ValidationError for what is no ARN, InvalidInput for the ARN of something else. */
function checkProviderArn(arn: string, type: ProviderType): void {
  const parts = arn.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') {
    throw invalidArn();
  }
  const [, , service, region, accountId, ...rest] = parts;
  // The port of an issuer on this machine stands behind a colon.
  const resource = rest.join(':');
  const isOne =
    service === 'iam' &&
    region === '' &&
    /^\d{12}$/.test(accountId ?? '') &&
    resource.startsWith(`${type}/`) &&
    /^[!-~]+$/.test(resource);
  if (!isOne) {
    throw new IamError('InvalidInput', `ARN ${arn} is not valid.`);
  }
}

export function openIdConnectProviderArn(call: Call, url: string): string {
  return iamArn(call, 'oidc-provider', '/', url);
}

export function samlProviderArn(call: Call, name: string): string {
  return iamArn(call, 'saml-provider', '/', name);
}

/** By its exact ARN: in an ARN, case counts. */
export async function findOpenIdConnectProvider(
  call: Call,
  arn: string,
): Promise<Found<OpenIdConnectProviderRecord> | undefined> {
  const prefix = openIdConnectProviderArn(call, '');
  const item = arn.startsWith(prefix)
    ? await call.store.get(openIdConnectProviderKey(call.accountId, arn.slice(prefix.length)), {
        consistent: true,
      })
    : undefined;
  if (item === undefined) {
    return undefined;
  }
  const entity = readOpenIdConnectProvider(item);
  const found = openIdConnectProviderArn(call, entity.Url);
  return found === arn ? { entity, arn, key: item.key, revision: item.revision } : undefined;
}

export async function requireOpenIdConnectProvider(
  call: Call,
  arn: string,
): Promise<Found<OpenIdConnectProviderRecord>> {
  const provider = await findOpenIdConnectProvider(call, arn);
  if (provider === undefined) {
    throw new IamError('NoSuchEntity', `OpenIDConnect Provider not found for arn ${arn}`);
  }
  return provider;
}

/** By its exact ARN: in an ARN, case counts. */
export async function findSamlProvider(
  call: Call,
  arn: string,
): Promise<Found<SamlProviderRecord> | undefined> {
  const prefix = samlProviderArn(call, '');
  const item = arn.startsWith(prefix)
    ? await call.store.get(samlProviderKey(call.accountId, arn.slice(prefix.length)), {
        consistent: true,
      })
    : undefined;
  if (item === undefined) {
    return undefined;
  }
  const entity = readSamlProvider(item);
  const found = samlProviderArn(call, entity.Name);
  return found === arn ? { entity, arn, key: item.key, revision: item.revision } : undefined;
}

export async function requireSamlProvider(
  call: Call,
  arn: string,
): Promise<Found<SamlProviderRecord>> {
  const provider = await findSamlProvider(call, arn);
  if (provider === undefined) {
    throw new IamError('NoSuchEntity', `Manifest not found for arn ${arn}`);
  }
  return provider;
}
