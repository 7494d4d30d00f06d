import { CERTIFICATE } from './certificates';

const BASE64 = CERTIFICATE.replace(/-----[A-Z ]+-----|\s/g, '');

/** The least that an identity provider says of itself, long enough for IAM. */
export function samlMetadata(
  change: {
    readonly entityId?: string;
    readonly attributes?: string;
    readonly certificate?: string;
    readonly before?: string;
    readonly protocol?: string;
  } = {},
): string {
  const {
    entityId = 'https://idp.example.com/saml',
    attributes = '',
    certificate = BASE64,
    before = '<?xml version="1.0"?>',
    protocol = 'urn:oasis:names:tc:SAML:2.0:protocol',
  } = change;
  return `${before}
<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="${entityId}" ${attributes}>
  <md:IDPSSODescriptor WantAuthnRequestsSigned="false" protocolSupportEnumeration="${protocol}">
    <md:KeyDescriptor use="signing">
      <ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
        <ds:X509Data><ds:X509Certificate>${certificate}</ds:X509Certificate></ds:X509Data>
      </ds:KeyInfo>
    </md:KeyDescriptor>
    <md:NameIDFormat>urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified</md:NameIDFormat>
    <md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://idp.example.com/sso"/>
  </md:IDPSSODescriptor>
</md:EntityDescriptor>
<!-- ${'x'.repeat(400)} -->`;
}
