import {
  DeleteSigningCertificate$,
  ListSigningCertificates$,
  UpdateSigningCertificate$,
  UploadSigningCertificate$,
  type DeleteSigningCertificateRequest,
  type ListSigningCertificatesRequest,
  type ListSigningCertificatesResponse,
  type SigningCertificate,
  type UpdateSigningCertificateRequest,
  type UploadSigningCertificateRequest,
  type UploadSigningCertificateResponse,
} from '@aws-sdk/client-iam';
import { readCertificates, validityOf } from '../../credentials/pem';
import type { SigningCertificateRecord } from '../../identity/certificate-entities';
import { readSigningCertificate } from '../../identity/certificate-records';
import { commit } from '../../operations/commit';
import type { Call, Operation } from '../../operations/operation';
import type { AnyOperation } from '../../operations/operation-table';
import { takePage } from '../../operations/paging';
import { IamError } from '../../protocol/errors';
import { signingCertificateFingerprintKey } from '../../store/keys';
import { findCredentialOwner, type CredentialOwner } from '../credential-owners';
import {
  addOwnedSteps,
  changeOwnedStep,
  checkOwnedQuota,
  listOwned,
  readStatus,
  removeOwnedSteps,
  requireOwned,
  type Owned,
} from '../owned-credentials';
import { onUser } from '../targets';

const uploadSigningCertificate: Operation<
  UploadSigningCertificateRequest,
  UploadSigningCertificateResponse
> = {
  name: 'UploadSigningCertificate',
  schema: UploadSigningCertificate$,
  accessLevel: 'Write',
  route: 'POST /users/{UserName}/signing-certificates',
  authorization: onUser('iam:UploadSigningCertificate'),
  errors: [
    'ConcurrentModification',
    'DuplicateCertificate',
    'InvalidCertificate',
    'LimitExceeded',
    'MalformedCertificate',
    'NoSuchEntity',
  ],
  run: async (input, call) => {
    const owner = await findCredentialOwner(call, input.UserName);
    const { SigningCertificatesPerUser: quota } = call.quotas;
    const fingerprint = readFingerprint(call, input.CertificateBody);
    checkOwnedQuota(owner, 'SigningCertificateCount', 'CertificatesPerUser', quota);
    const certificate: SigningCertificateRecord = {
      CertificateId: createCertificateId(call),
      CertificateBody: input.CertificateBody,
      Fingerprint: fingerprint,
      Status: 'Active',
      UploadDate: call.now,
    };
    await commit(call, [
      {
        write: {
          kind: 'put',
          key: signingCertificateFingerprintKey(call.accountId, fingerprint),
          attributes: { OwnerId: owner.id },
          condition: { exists: false },
        },
        refusal: new IamError(
          'DuplicateCertificate',
          'The same certificate is associated with an IAM user in the account.',
        ),
      },
      ...addOwnedSteps(call, owner, 'SigningCertificate', certificate.CertificateId, certificate),
    ]);
    return { Certificate: viewCertificate(owner, certificate) };
  },
};

/** The SHA-256 hash of the one certificate that holds now. Errors: MalformedCertificate, InvalidCertificate. */
function readFingerprint(call: Call, body: string): string {
  const [certificate, ...others] = readCertificates(body) ?? [];
  if (certificate === undefined || others.length > 0) {
    throw new IamError('MalformedCertificate', 'The certificate could not be parsed.');
  }
  const { from, to } = validityOf(certificate);
  if (!(from <= call.now && call.now < to)) {
    throw new IamError('InvalidCertificate', 'The certificate is not in its validity period.');
  }
  return certificate.fingerprint256.replaceAll(':', '').toLowerCase();
}

/** 32 letters and digits, as AWS's are. */
function createCertificateId(call: Call): string {
  return Array.from(call.randomBytes(32), (byte) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(byte & 31),
  ).join('');
}

function viewCertificate(
  owner: CredentialOwner,
  certificate: SigningCertificateRecord,
): SigningCertificate {
  return {
    UserName: owner.userName,
    CertificateId: certificate.CertificateId,
    CertificateBody: certificate.CertificateBody,
    Status: certificate.Status,
    UploadDate: new Date(certificate.UploadDate),
  };
}

const listSigningCertificates: Operation<
  ListSigningCertificatesRequest,
  ListSigningCertificatesResponse
> = {
  name: 'ListSigningCertificates',
  schema: ListSigningCertificates$,
  accessLevel: 'List',
  route: 'GET /users/{UserName}/signing-certificates',
  authorization: onUser('iam:ListSigningCertificates'),
  errors: ['NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findCredentialOwner(call, input.UserName);
    const { rows, end } = await takePage(
      call,
      input,
      listOwned(call, owner, 'SigningCertificate', input, (item) =>
        viewCertificate(owner, readSigningCertificate(item)),
      ),
      ({ UploadDate }) => UploadDate,
    );
    return { Certificates: rows, ...end };
  },
};

function requireCertificate(
  call: Call,
  owner: CredentialOwner,
  id: string,
): Promise<Owned<SigningCertificateRecord>> {
  const missing = new IamError('NoSuchEntity', `The Certificate with id ${id} cannot be found.`);
  return requireOwned(call, owner, 'SigningCertificate', id, readSigningCertificate, missing);
}

const updateSigningCertificate: Operation<UpdateSigningCertificateRequest, void> = {
  name: 'UpdateSigningCertificate',
  schema: UpdateSigningCertificate$,
  accessLevel: 'Write',
  route: 'PUT /users/{UserName}/signing-certificates/{CertificateId}',
  authorization: onUser('iam:UpdateSigningCertificate'),
  errors: ['InvalidInput', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const status = readStatus(input.Status);
    const owner = await findCredentialOwner(call, input.UserName);
    const certificate = await requireCertificate(call, owner, input.CertificateId);
    await commit(call, [changeOwnedStep(certificate, { Status: status })]);
  },
};

const deleteSigningCertificate: Operation<DeleteSigningCertificateRequest, void> = {
  name: 'DeleteSigningCertificate',
  schema: DeleteSigningCertificate$,
  accessLevel: 'Write',
  route: 'DELETE /users/{UserName}/signing-certificates/{CertificateId}',
  authorization: onUser('iam:DeleteSigningCertificate'),
  errors: ['ConcurrentModification', 'LimitExceeded', 'NoSuchEntity'],
  run: async (input, call) => {
    const owner = await findCredentialOwner(call, input.UserName);
    const certificate = await requireCertificate(call, owner, input.CertificateId);
    const { Fingerprint } = certificate.credential;
    await commit(call, [
      {
        write: {
          kind: 'delete',
          key: signingCertificateFingerprintKey(call.accountId, Fingerprint),
          condition: { exists: true, equals: { OwnerId: owner.id } },
        },
      },
      ...removeOwnedSteps(owner, 'SigningCertificate', certificate),
    ]);
  },
};

export const signingCertificateOperations: readonly AnyOperation[] = [
  uploadSigningCertificate,
  listSigningCertificates,
  updateSigningCertificate,
  deleteSigningCertificate,
];
