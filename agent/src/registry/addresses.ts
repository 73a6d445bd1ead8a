import { BlockList, isIP } from 'node:net';

/** How near an address is: `link-local` is where clouds keep their metadata and credentials. */
export type Reach = 'public' | 'private' | 'link-local';

const LINK_LOCAL = subnets([
  ['169.254.0.0', 16],
  ['100.100.100.200', 32],
  ['fe80::', 10],
  ['fd00:ec2::', 32],
]);

const PRIVATE = subnets([
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::', 127],
  ['fc00::', 7],
  ['64:ff9b::', 96],
]);

/** The reach of an IP address; of an IPv6 address in brackets too. `undefined` for a name. */
export function reachOf(address: string): Reach | undefined {
  const bare = address.startsWith('[') ? address.slice(1, -1) : address;
  const version = isIP(bare);
  if (version === 0) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  if (LINK_LOCAL.check(bare, family)) return 'link-local';
  return PRIVATE.check(bare, family) ? 'private' : 'public';
}

function subnets(list: readonly (readonly [string, number])[]): BlockList {
  const blocks = new BlockList();
  for (const [net, prefix] of list) blocks.addSubnet(net, prefix, net.includes(':') ? 'ipv6' : 'ipv4');
  return blocks;
}
