import type { Constraint, ConstraintTable } from './constraint-table';
import { PATTERNS } from './patterns';

/*
 * Lengths, ranges, patterns and enums of STS's request parameters.
 *
 * Source: the request parameters on each operation's page of https://docs.aws.amazon.com/STS/latest/APIReference/
 */

const ARN: Constraint = { range: [20, 2048], pattern: PATTERNS.arn };
const TAG_KEY: Constraint = { range: [1, 128], pattern: PATTERNS.tagKey };

const UP_TO_36_HOURS = { DurationSeconds: { range: [900, 129_600] } } as const;

export const STS_CONSTRAINTS: ConstraintTable = {
  members: {
    AccessKeyId: { range: [16, 128], pattern: PATTERNS.wordOrEmpty },
    Audience: { range: [1, 10], element: { range: [1, 1000] } },
    ContextAssertion: { range: [4, 2048] },
    DurationSeconds: { range: [900, 43_200] },
    EncodedMessage: { range: [1, 10_240] },
    ExternalId: { range: [2, 1224], pattern: PATTERNS.externalId },
    Key: TAG_KEY,
    MinimumSessionTokenSize: { range: [0, 4096] },
    Name: { range: [2, 32], pattern: PATTERNS.nameOrEmpty },
    Policy: { range: [1, 2048], pattern: PATTERNS.latin1 },
    PrincipalArn: ARN,
    ProvidedContexts: { range: [1, 5] },
    ProviderArn: ARN,
    ProviderId: { range: [4, 2048] },
    RoleArn: ARN,
    RoleSessionName: { range: [2, 64], pattern: PATTERNS.nameOrEmpty },
    SAMLAssertion: { range: [4, 100_000] },
    SerialNumber: { range: [9, 256], pattern: PATTERNS.serialNumberOrEmpty },
    SigningAlgorithm: { range: [5, 5] },
    SourceIdentity: { range: [2, 64], pattern: PATTERNS.nameOrEmpty },
    Tags: { range: [0, 50] },
    TargetPrincipal: { range: [12, 2048] },
    TokenCode: { range: [6, 6], pattern: PATTERNS.digitsOrEmpty },
    TransitiveTagKeys: { range: [0, 50], element: TAG_KEY },
    Value: { range: [0, 256], pattern: PATTERNS.tagValue },
    WebIdentityToken: { range: [4, 20_000] },
    arn: ARN,
  },
  operations: {
    // Its policy's size is limited by the packed size alone.
    AssumeRole: { Policy: { range: [1, Infinity], pattern: PATTERNS.latin1 } },
    AssumeRoot: { DurationSeconds: { range: [0, 900] } },
    GetFederationToken: UP_TO_36_HOURS,
    GetSessionToken: UP_TO_36_HOURS,
    GetWebIdentityToken: { DurationSeconds: { range: [60, 3600] } },
  },
};
