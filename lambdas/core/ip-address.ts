/**
 * Addresses and ranges of both families, compared as numbers. An IPv4 address in IPv6 clothes (`::ffff:192.0.2.1`) is the
 * IPv4 address: a client that comes in over a dual-stack socket is the same client.
 *
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_IPAddress
 */
export type IpAddress = number | readonly number[];

/** A number (IPv4), eight groups of sixteen bits (IPv6), or undefined. */
export function parseIpAddress(text: string): IpAddress | undefined {
  const plain = parseIpv4(text, 0);
  if (plain >= 0) return plain;
  const groups = parseIpv6(text);
  if (groups === undefined) return undefined;
  return isMapped(groups) ? lastTwo(groups) : groups;
}

function isMapped(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}

function lastTwo(groups: readonly number[]): number {
  return (groups[6] ?? 0) * 0x10000 + (groups[7] ?? 0);
}

/** From an offset to the end of the text; -1 where that is no dotted address. */
function parseIpv4(text: string, from: number): number {
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 0x2e) {
      if (octet < 0) return -1;
      address = address * 256 + octet;
      octet = -1;
      dots += 1;
    } else {
      const digit = code - 0x30;
      // A leading zero would mean octal to some readers and decimal to others.
      if (digit < 0 || digit > 9 || octet === 0) return -1;
      octet = octet < 0 ? digit : octet * 10 + digit;
      if (octet > 255) return -1;
    }
  }
  return dots === 3 && octet >= 0 ? address * 256 + octet : -1;
}

function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const left = parseGroups(halves[0] ?? '', halves.length === 1);
  if (left === undefined) return undefined;
  if (halves.length === 1) return left.length === 8 ? left : undefined;
  const right = parseGroups(halves[1] ?? '', true);
  if (right === undefined || left.length + right.length > 7) return undefined;
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => 0);
  return [...left, ...zeros, ...right];
}

function parseGroups(text: string, atEnd: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const dotted = part.includes('.') && atEnd && index === parts.length - 1;
    const address = dotted ? parseIpv4(part, 0) : -1;
    if (address >= 0) groups.push(Math.floor(address / 0x10000), address % 0x10000);
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** Whether an address is in `address` or `address/prefix`; undefined where the range is not one. */
export function compileIpRange(text: string): ((address: IpAddress) => boolean) | undefined {
  const slash = text.indexOf('/');
  const base = slash < 0 ? text : text.slice(0, slash);
  const prefixText = slash < 0 ? undefined : text.slice(slash + 1);
  if (prefixText !== undefined && !/^(?:0|[1-9]\d{0,2})$/.test(prefixText)) return undefined;
  const address = parseIpAddress(base);
  if (address === undefined) return undefined;
  const mapped = typeof address === 'number' && base.includes(':');
  const full = typeof address === 'number' ? 32 : 128;
  const prefix = prefixText === undefined ? full : Number(prefixText) - (mapped ? 96 : 0);
  if (prefix < 0 || prefix > full) return undefined;
  return typeof address === 'number' ? inIpv4(address, prefix) : inIpv6(address, prefix);
}

function inIpv4(base: number, prefix: number): (address: IpAddress) => boolean {
  const size = 2 ** (32 - prefix);
  const first = base - (base % size);
  const last = first + size - 1;
  return (address) => typeof address === 'number' && address >= first && address <= last;
}

function inIpv6(base: readonly number[], prefix: number): (address: IpAddress) => boolean {
  const masks = base.map((_group, index) => {
    const bits = Math.min(16, Math.max(0, prefix - index * 16));
    return (0xffff << (16 - bits)) & 0xffff;
  });
  return (address) =>
    typeof address !== 'number' &&
    base.every((group, index) => {
      const mask = masks[index] ?? 0;
      return (group & mask) === ((address[index] ?? 0) & mask);
    });
}
