import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import {
  CreateServiceSpecificCredentialCommand,
  UploadServerCertificateCommand,
  UploadSigningCertificateCommand,
  UploadSSHPublicKeyCommand,
} from '@aws-sdk/client-iam';
import { CERTIFICATE, CERTIFICATE_KEY } from '../credentials/certificates';
import { ACCOUNT } from '../operations/deployment';
import type { Scenery } from '../operations/scenery';
import type { MakeCase } from './operation-case';

const userArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:user/team/${name}`;
const certificateArn = (name: string): string =>
  `arn:aws:iam::${ACCOUNT}:server-certificate/team/${name}`;

export const CODECOMMIT = 'codecommit.amazonaws.com';

/** A key that SSH may have, in PEM. */
export function createPublicKey(modulusLength = 2048): string {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength });
  return publicKey.export({ type: 'spki', format: 'pem' }).toString();
}

const PUBLIC_KEY = createPublicKey();

export async function makeServerCertificate(scenery: Scenery): Promise<string> {
  const ServerCertificateName = scenery.newName('certificate');
  await scenery.root.send(
    new UploadServerCertificateCommand({
      ServerCertificateName,
      Path: '/team/',
      CertificateBody: CERTIFICATE,
      PrivateKey: CERTIFICATE_KEY,
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  );
  return ServerCertificateName;
}

let certificates = 0;

/** One more certificate: its signature fits nothing, and it is nobody's yet. */
export function createCertificate(number = (certificates += 1)): string {
  const der = Buffer.from(new X509Certificate(CERTIFICATE).raw);
  der.writeUInt32BE(number, der.byteLength - 4);
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----\n`;
}

/** The same one in every account that goes the same way. */
const newCertificate = (scenery: Scenery): string =>
  createCertificate(2 ** 20 + Number(scenery.newName('certificate').split('-')[1]));

async function makeSigningCertificate(scenery: Scenery) {
  const UserName = await scenery.user();
  const { Certificate } = await scenery.root.send(
    new UploadSigningCertificateCommand({ UserName, CertificateBody: newCertificate(scenery) }),
  );
  return { UserName, CertificateId: String(Certificate?.CertificateId) };
}

async function makeSshKey(scenery: Scenery) {
  const UserName = await scenery.user();
  const { SSHPublicKey } = await scenery.root.send(
    new UploadSSHPublicKeyCommand({ UserName, SSHPublicKeyBody: PUBLIC_KEY }),
  );
  return { UserName, SSHPublicKeyId: String(SSHPublicKey?.SSHPublicKeyId) };
}

export async function makeServiceCredential(scenery: Scenery) {
  const UserName = await scenery.user();
  const { ServiceSpecificCredential: made } = await scenery.root.send(
    new CreateServiceSpecificCredentialCommand({ UserName, ServiceName: CODECOMMIT }),
  );
  return {
    UserName,
    ServiceSpecificCredentialId: String(made?.ServiceSpecificCredentialId),
  };
}

const onMade =
  (make: (scenery: Scenery) => Promise<{ UserName: string }>, more: object = {}): MakeCase =>
  async (scenery) => {
    const input = await make(scenery);
    return { input: { ...input, ...more }, resource: userArn(input.UserName) };
  };

const onServerCertificate =
  (more: object = {}): MakeCase =>
  async (scenery) => {
    const ServerCertificateName = await makeServerCertificate(scenery);
    const resource = certificateArn(ServerCertificateName);
    return { input: { ServerCertificateName, ...more }, resource };
  };

const user = async (scenery: Scenery) => ({ UserName: await scenery.user() });

export const CERTIFICATE_CASES: Readonly<Record<string, MakeCase>> = {
  UploadServerCertificate: (scenery) => {
    const ServerCertificateName = scenery.newName('certificate');
    return Promise.resolve({
      input: {
        ServerCertificateName,
        Path: '/team/',
        CertificateBody: CERTIFICATE,
        PrivateKey: CERTIFICATE_KEY,
      },
      resource: certificateArn(ServerCertificateName),
    });
  },
  GetServerCertificate: onServerCertificate(),
  ListServerCertificates: () =>
    Promise.resolve({ input: {}, resource: `arn:aws:iam::${ACCOUNT}:server-certificate/` }),
  UpdateServerCertificate: onServerCertificate({ NewPath: '/team/' }),
  DeleteServerCertificate: onServerCertificate(),
  TagServerCertificate: onServerCertificate({ Tags: [{ Key: 'room', Value: '1' }] }),
  UntagServerCertificate: onServerCertificate({ TagKeys: ['team'] }),
  ListServerCertificateTags: onServerCertificate(),
  UploadSigningCertificate: async (scenery) => {
    const UserName = await scenery.user();
    return {
      input: { UserName, CertificateBody: newCertificate(scenery) },
      resource: userArn(UserName),
    };
  },
  ListSigningCertificates: onMade(user),
  UpdateSigningCertificate: onMade(makeSigningCertificate, { Status: 'Inactive' }),
  DeleteSigningCertificate: onMade(makeSigningCertificate),
  UploadSSHPublicKey: onMade(user, { SSHPublicKeyBody: PUBLIC_KEY }),
  GetSSHPublicKey: onMade(makeSshKey, { Encoding: 'PEM' }),
  ListSSHPublicKeys: onMade(user),
  UpdateSSHPublicKey: onMade(makeSshKey, { Status: 'Inactive' }),
  DeleteSSHPublicKey: onMade(makeSshKey),
  CreateServiceSpecificCredential: onMade(user, { ServiceName: CODECOMMIT }),
  ListServiceSpecificCredentials: onMade(user),
  UpdateServiceSpecificCredential: onMade(makeServiceCredential, { Status: 'Inactive' }),
  ResetServiceSpecificCredential: onMade(makeServiceCredential),
  DeleteServiceSpecificCredential: onMade(makeServiceCredential),
};
