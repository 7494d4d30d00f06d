import { compileIpRange, parseIpAddress, type IpAddress } from '../../core/ip-address';

/*
 * Which addresses are somebody's on the internet. Everything else leads to this machine, to its network, or to the metadata of the
 * cloud that it runs in, which an issuer's name must never do.
 *
 * Source: https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry
 */

const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
];

/** Of what is given out at all; within it, what leads to documents, benchmarks, translators and tunnels. */
const GLOBAL_IPV6 = '2000::/3';
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

type Range = (address: IpAddress) => boolean;

function rangeOf(text: string): Range {
  const range = compileIpRange(text);
  if (range === undefined) throw new TypeError(`${text} is no range of addresses`);
  return range;
}

const special: readonly Range[] = [...SPECIAL_IPV4, ...SPECIAL_IPV6].map(rangeOf);
const globalIpv6 = rangeOf(GLOBAL_IPV6);
const loopback: readonly Range[] = ['127.0.0.0/8', '::1/128'].map(rangeOf);

/** An IPv4 address in IPv6 clothes is the IPv4 address; a text that is no address is not public. */
export function isPublicAddress(text: string): boolean {
  const address = parseIpAddress(text);
  return (
    address !== undefined &&
    (typeof address === 'number' || globalIpv6(address)) &&
    !special.some((range) => range(address))
  );
}

export function isLoopbackAddress(text: string): boolean {
  const address = parseIpAddress(text);
  return address !== undefined && loopback.some((range) => range(address));
}
