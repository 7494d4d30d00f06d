import { X509Certificate } from 'node:crypto';
import { readSamlMetadata } from '../../lambdas/credentials/saml-metadata';
import { CERTIFICATE } from './certificates';
import { samlMetadata } from './saml-metadata-documents';

test('metadata gives the entity, its certificates and how long it holds', () => {
  const metadata = readSamlMetadata(
    samlMetadata({ attributes: 'validUntil="2040-01-02T03:04:05Z"' }),
  );
  expect(metadata).toEqual({
    entityId: 'https://idp.example.com/saml',
    signingCertificates: [new X509Certificate(CERTIFICATE).raw.toString('base64')],
    validUntil: Date.UTC(2040, 0, 2, 3, 4, 5),
  });
  expect(readSamlMetadata(samlMetadata())?.validUntil).toBeUndefined();
});

test('names are those of the namespaces, whatever the prefix', () => {
  const unprefixed = samlMetadata().replaceAll('xmlns:md', 'XMLNS').replaceAll('md:', '');
  expect(readSamlMetadata(unprefixed.replace('XMLNS', 'xmlns'))?.entityId).toBe(
    'https://idp.example.com/saml',
  );
});

test('an escaped entity id is read', () => {
  const metadata = readSamlMetadata(samlMetadata({ entityId: 'urn:a&amp;b' }));
  expect(metadata?.entityId).toBe('urn:a&b');
});

test.each([
  ['no XML', 'x'.repeat(1000)],
  ['XML that does not end', samlMetadata().replace('</md:EntityDescriptor>', '')],
  ['a DOCTYPE', samlMetadata({ before: '<!DOCTYPE x [<!ENTITY a "b">]>' })],
  ['a DOCTYPE in another case', samlMetadata({ before: '<!doctype x>' })],
  ['another namespace', samlMetadata().replace('SAML:2.0:metadata', 'SAML:1.0:metadata')],
  ['no entity id', samlMetadata({ entityId: '' })],
  ['another protocol', samlMetadata({ protocol: 'urn:oasis:names:tc:SAML:1.1:protocol' })],
  ['no certificate', samlMetadata({ certificate: '' })],
  ['a certificate that is none', samlMetadata({ certificate: 'QUJD' })],
  ['a date that is none', samlMetadata({ attributes: 'validUntil="tomorrow"' })],
  ['two roots', `${samlMetadata()}${samlMetadata({ before: '' })}`],
  ['a service provider', samlMetadata().replaceAll('IDPSSODescriptor', 'SPSSODescriptor')],
  ['keys for encryption alone', samlMetadata().replace('use="signing"', 'use="encryption"')],
  [
    'too many levels',
    samlMetadata().replace(
      '<md:NameIDFormat>',
      `${'<a>'.repeat(50)}${'</a>'.repeat(50)}<md:NameIDFormat>`,
    ),
  ],
])('%s is no metadata', (_what, document) => {
  expect(readSamlMetadata(document)).toBeUndefined();
});
