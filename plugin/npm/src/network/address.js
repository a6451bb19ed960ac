// Addresses that no collector may dial, whatever a name resolves to.

import { BlockList, isIPv4 } from 'node:net';

const blocked = new BlockList();
// Link-local addresses.
blocked.addSubnet('169.254.0.0', 16, 'ipv4');
blocked.addSubnet('fe80::', 10, 'ipv6');
// Metadata services at other addresses: Alibaba, Azure, Oracle, AWS over IPv6, Google over IPv6.
blocked.addAddress('100.100.100.200', 'ipv4');
blocked.addAddress('168.63.129.16', 'ipv4');
blocked.addAddress('192.0.0.192', 'ipv4');
blocked.addAddress('fd00:ec2::254', 'ipv6');
blocked.addAddress('fd20:ce::254', 'ipv6');

/** Whether an address must not be dialled. */
export function forbidden(address) {
  const [bare] = address.split('%');
  // An IPv4 address written as IPv6 is the same machine.
  const narrow = isIPv4(bare) ? bare : embedded(bare);
  return narrow ? blocked.check(narrow, 'ipv4') : blocked.check(bare, 'ipv6');
}

/** The IPv4 address that an IPv6 address embeds: mapped, compatible, NAT64, 6to4. */
function embedded(wide) {
  const words = segments(wide);
  const head = words.slice(0, 6).join();
  let pair = null;
  if (head === '0,0,0,0,0,65535' || (head === '0,0,0,0,0,0' && words[6] !== 0)) {
    pair = words.slice(6);
  } else if (words[0] === 0x64 && words[1] === 0xff9b) {
    pair = words.slice(6);
  } else if (words[0] === 0x2002) {
    pair = words.slice(1, 3);
  }
  return pair && pair.flatMap((word) => [word >> 8, word & 0xff]).join('.');
}

function segments(wide) {
  // A URL has one form of an address only: hexadecimal, `::` for the longest run of zeros.
  const [front, back] = new URL(`http://[${wide}]`).hostname.slice(1, -1).split('::');
  const words = (text) => (text ? text.split(':').map((word) => parseInt(word, 16)) : []);
  const [left, right] = [words(front), words(back)];
  return [...left, ...Array(8 - left.length - right.length).fill(0), ...right];
}
