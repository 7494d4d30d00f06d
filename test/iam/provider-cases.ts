import { CreateOpenIDConnectProviderCommand, CreateSAMLProviderCommand } from '@aws-sdk/client-iam';
import { samlMetadata } from '../credentials/saml-metadata-documents';
import { ACCOUNT } from '../operations/deployment';
import type { Scenery } from '../operations/scenery';
import type { MakeCase } from './operation-case';

const TAGS = [{ Key: 'team', Value: 'blue' }];

export async function makeOidcProvider(scenery: Scenery): Promise<string> {
  const { OpenIDConnectProviderArn } = await scenery.root.send(
    new CreateOpenIDConnectProviderCommand({
      Url: `https://${scenery.newName('idp')}.example.com/tenant`,
      ClientIDList: ['first'],
      ThumbprintList: ['a'.repeat(40)],
      Tags: TAGS,
    }),
  );
  return String(OpenIDConnectProviderArn);
}

export async function makeSamlProvider(scenery: Scenery): Promise<string> {
  const { SAMLProviderArn } = await scenery.root.send(
    new CreateSAMLProviderCommand({
      Name: scenery.newName('saml'),
      SAMLMetadataDocument: samlMetadata(),
      Tags: TAGS,
    }),
  );
  return String(SAMLProviderArn);
}

const onOidc =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const OpenIDConnectProviderArn = await makeOidcProvider(scenery);
    return {
      input: { OpenIDConnectProviderArn, ...more },
      resource: OpenIDConnectProviderArn,
    };
  };

const onSaml =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const SAMLProviderArn = await makeSamlProvider(scenery);
    return { input: { SAMLProviderArn, ...more }, resource: SAMLProviderArn };
  };

export const PROVIDER_CASES: Readonly<Record<string, MakeCase>> = {
  CreateOpenIDConnectProvider: (scenery) => {
    const host = `${scenery.newName('idp')}.example.com`;
    return Promise.resolve({
      input: { Url: `https://${host}` },
      resource: `arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`,
    });
  },
  GetOpenIDConnectProvider: onOidc(),
  ListOpenIDConnectProviders: () =>
    Promise.resolve({ input: {}, resource: `arn:aws:iam::${ACCOUNT}:oidc-provider/*` }),
  AddClientIDToOpenIDConnectProvider: onOidc({ ClientID: 'second' }),
  RemoveClientIDFromOpenIDConnectProvider: onOidc({ ClientID: 'first' }),
  UpdateOpenIDConnectProviderThumbprint: onOidc({ ThumbprintList: ['b'.repeat(40)] }),
  DeleteOpenIDConnectProvider: onOidc(),
  TagOpenIDConnectProvider: onOidc({ Tags: [{ Key: 'room', Value: '1' }] }),
  UntagOpenIDConnectProvider: onOidc({ TagKeys: ['team'] }),
  ListOpenIDConnectProviderTags: onOidc(),
  CreateSAMLProvider: (scenery) => {
    const Name = scenery.newName('saml');
    return Promise.resolve({
      input: { Name, SAMLMetadataDocument: samlMetadata() },
      resource: `arn:aws:iam::${ACCOUNT}:saml-provider/${Name}`,
    });
  },
  GetSAMLProvider: onSaml(),
  ListSAMLProviders: () =>
    Promise.resolve({ input: {}, resource: `arn:aws:iam::${ACCOUNT}:saml-provider/*` }),
  UpdateSAMLProvider: onSaml({ SAMLMetadataDocument: samlMetadata({ entityId: 'urn:other' }) }),
  DeleteSAMLProvider: onSaml(),
  TagSAMLProvider: onSaml({ Tags: [{ Key: 'room', Value: '1' }] }),
  UntagSAMLProvider: onSaml({ TagKeys: ['team'] }),
  ListSAMLProviderTags: onSaml(),
};
