interface ErrorDescription {
  readonly statusCode: number;
  /** Whose fault it is: the caller's, or ours. */
  readonly fault: 'Sender' | 'Receiver';
}

const sender = <Status extends number>(statusCode: Status) =>
  ({ statusCode, fault: 'Sender' }) as const;

const receiver = <Status extends number>(statusCode: Status) =>
  ({ statusCode, fault: 'Receiver' }) as const;

/**
 * The one table of errors that a caller may be told: code → HTTP status and fault. The codes are those on the wire; those of
 * Organizations end in `Exception`, those of IAM and STS mostly do not.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and each operation's page.
 */
export const ERRORS = {
  // Of every service.
  AccessDenied: sender(403),
  ExpiredToken: sender(403),
  /** Of REST creates alone. */
  IdempotentParameterMismatch: sender(409),
  IncompleteSignature: sender(400),
  InvalidAction: sender(400),
  InvalidClientTokenId: sender(403),
  InvalidParameterValue: sender(400),
  MalformedInput: sender(400),
  MissingAction: sender(400),
  MissingAuthenticationToken: sender(403),
  RequestEntityTooLarge: sender(413),
  ServiceUnavailable: receiver(503),
  SignatureDoesNotMatch: sender(403),
  Throttling: sender(400),
  ValidationError: sender(400),

  // IAM.
  AccountNotManagementOrDelegatedAdministratorException: sender(400),
  CallerIsNotManagementAccountException: sender(400),
  ConcurrentModification: sender(409),
  DeleteConflict: sender(409),
  DuplicateCertificate: sender(409),
  DuplicateSSHPublicKey: sender(400),
  EntityAlreadyExists: sender(409),
  EntityTemporarilyUnmodifiable: sender(409),
  FeatureDisabled: sender(404),
  FeatureEnabled: sender(409),
  InvalidAuthenticationCode: sender(403),
  InvalidCertificate: sender(400),
  InvalidInput: sender(400),
  InvalidPublicKey: sender(400),
  InvalidUserType: sender(400),
  KeyPairMismatch: sender(400),
  LimitExceeded: sender(409),
  MalformedCertificate: sender(400),
  MalformedPolicyDocument: sender(400),
  NameConflict: sender(409),
  NoSuchEntity: sender(404),
  NotSupportedService: sender(404),
  OpenIdIdpCommunicationError: sender(400),
  OrganizationNotFoundException: sender(400),
  OrganizationNotInAllFeaturesModeException: sender(400),
  PasswordPolicyViolation: sender(400),
  PolicyEvaluation: receiver(500),
  PolicyNotAttachable: sender(400),
  ReportExpired: sender(410),
  ReportGenerationLimitExceeded: sender(409),
  ReportInProgress: sender(404),
  ReportNotPresent: sender(410),
  RoleModified: sender(409),
  RoleTemplateDisabled: sender(400),
  ServiceAccessNotEnabledException: sender(400),
  ServiceFailure: receiver(500),
  UnmodifiableEntity: sender(400),
  UnrecognizedPublicKeyEncoding: sender(400),

  // STS.
  ExpiredTokenException: sender(400),
  ExpiredTradeInTokenException: sender(400),
  IDPCommunicationError: sender(400),
  IDPRejectedClaim: sender(403),
  InvalidAuthorizationMessageException: sender(400),
  InvalidIdentityToken: sender(400),
  JWTPayloadSizeExceededException: sender(400),
  OutboundWebIdentityFederationDisabledException: sender(403),
  PackedPolicyTooLarge: sender(400),
  RegionDisabledException: sender(403),
  SessionDurationEscalationException: sender(403),

  // Signing in with a password, which AWS has no API for.
  AuthenticationFailed: sender(401),
  NotConfigured: sender(404),
  PasswordExpired: sender(403),
  TemporarilyLocked: sender(429),

  // Organizations.
  AWSOrganizationsNotInUseException: sender(404),
  AccessDeniedException: sender(403),
  AccessDeniedForDependencyException: sender(403),
  AccountAlreadyClosedException: sender(409),
  AccountAlreadyRegisteredException: sender(409),
  AccountNotFoundException: sender(404),
  AccountNotRegisteredException: sender(409),
  AccountOwnerNotVerifiedException: sender(403),
  AlreadyInOrganizationException: sender(409),
  ChildNotFoundException: sender(404),
  ConcurrentModificationException: sender(409),
  ConflictException: sender(409),
  ConstraintViolationException: sender(409),
  CreateAccountStatusNotFoundException: sender(404),
  DestinationParentNotFoundException: sender(404),
  DuplicateAccountException: sender(409),
  DuplicateHandshakeException: sender(409),
  DuplicateOrganizationalUnitException: sender(409),
  DuplicatePolicyAttachmentException: sender(409),
  DuplicatePolicyException: sender(409),
  EffectivePolicyNotFoundException: sender(400),
  FinalizingOrganizationException: sender(409),
  HandshakeAlreadyInStateException: sender(409),
  HandshakeConstraintViolationException: sender(409),
  HandshakeNotFoundException: sender(404),
  InvalidHandshakeTransitionException: sender(409),
  InvalidInputException: sender(400),
  InvalidResponsibilityTransferTransitionException: sender(409),
  MalformedPolicyDocumentException: sender(400),
  MasterCannotLeaveOrganizationException: sender(409),
  OrganizationNotEmptyException: sender(409),
  OrganizationalUnitNotEmptyException: sender(409),
  OrganizationalUnitNotFoundException: sender(404),
  ParentNotFoundException: sender(404),
  PolicyChangesInProgressException: sender(400),
  PolicyInUseException: sender(409),
  PolicyNotAttachedException: sender(409),
  PolicyNotFoundException: sender(404),
  PolicyTypeAlreadyEnabledException: sender(409),
  PolicyTypeNotAvailableForOrganizationException: sender(409),
  PolicyTypeNotEnabledException: sender(409),
  ResourcePolicyNotFoundException: sender(404),
  ResponsibilityTransferAlreadyInStatusException: sender(409),
  ResponsibilityTransferNotFoundException: sender(404),
  RootNotFoundException: sender(404),
  ServiceException: receiver(500),
  SourceParentNotFoundException: sender(404),
  TargetNotFoundException: sender(404),
  TooManyRequestsException: sender(429),
  UnsupportedAPIEndpointException: sender(403),
} as const satisfies Record<string, ErrorDescription>;

export type ErrorCode = keyof typeof ERRORS;

/** A caller's fault, in AWS's code and words. A programmer's fault is an assertion, never this. */
export class IamError extends Error {
  override readonly name = 'IamError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    /** The other members of the error's shape, e.g. `Reason` of Organizations' `ConstraintViolationException`. */
    readonly details: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}
