import type { Service } from './schema';

/** How one service is spoken to. */
export interface ServiceDescription {
  /** The `Version` parameter of the Query protocol. */
  readonly version: string;
  /** Of its answers. */
  readonly xmlNamespace: string;
  /** Before the dot in `X-Amz-Target`, where the service speaks JSON. */
  readonly targetPrefix: string | undefined;
  /** First segments of routes that lead to the service without its own path in front, as a standard demands. */
  readonly standardRoots: readonly string[];
}

/**
 * Where the Authorization API of OpenID AuthZEN begins.
 *
 * Source: https://openid.net/specs/authorization-api-1_0.html#name-https-json-binding
 */
export const ACCESS_ROOT = 'access';

/** Source: RFC 8615. */
const WELL_KNOWN_ROOT = '.well-known';

/**
 * Source: the WSDL versions at https://docs.aws.amazon.com/IAM/latest/APIReference/ and
 * https://docs.aws.amazon.com/STS/latest/APIReference/.
 */
export const SERVICE_DESCRIPTIONS: Readonly<Record<Service, ServiceDescription>> = {
  iam: {
    version: '2010-05-08',
    xmlNamespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
    targetPrefix: undefined,
    standardRoots: [],
  },
  sts: {
    version: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    targetPrefix: undefined,
    standardRoots: [],
  },
  organizations: {
    version: '2016-11-28',
    xmlNamespace: 'https://organizations.amazonaws.com/doc/2016-11-28/',
    targetPrefix: 'AWSOrganizationsV20161128',
    standardRoots: [],
  },
  portcullis: {
    version: '2026-11-22',
    xmlNamespace: 'https://portcullis.invalid/doc/2026-11-22/',
    targetPrefix: undefined,
    standardRoots: [ACCESS_ROOT, WELL_KNOWN_ROOT],
  },
};
