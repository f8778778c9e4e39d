/** Writes small databases in MaxMind's format (version 2.0, IPv4 tree of 24-bit records), for tests. */

/** A network such as `203.0.113.0/24`, and what is known of its addresses. */
type Network = readonly [cidr: string, data: unknown];

const MARKER = Buffer.from('abcdef4d61784d696e642e636f6d', 'hex');

/** The bytes of a database that knows these networks; they must not overlap. */
export function writeMmdb(type: string, networks: readonly Network[]): Buffer {
  const nodes: [left: Slot, right: Slot][] = [[null, null]];
  const data: Buffer[] = [];
  let dataBytes = 0;
  for (const [cidr, value] of networks) {
    const [address = '', length = '32'] = cidr.split('/');
    const bits = address
      .split('.')
      .map((octet) => Number(octet).toString(2).padStart(8, '0'))
      .join('')
      .slice(0, Number(length));
    let node = 0;
    for (const [depth, bit] of [...bits].entries()) {
      const slots = nodes[node];
      if (!slots) throw new Error('no such node');
      const side = bit === '0' ? 0 : 1;
      if (depth === bits.length - 1) {
        slots[side] = { data: dataBytes };
        break;
      }
      const next = slots[side];
      if (typeof next === 'number') node = next;
      else node = slots[side] = nodes.push([null, null]) - 1;
    }
    const bytes = encode(value);
    data.push(bytes);
    dataBytes += bytes.length;
  }
  const tree = Buffer.alloc(nodes.length * 6);
  const place = (slot: Slot): number =>
    slot === null ? nodes.length : typeof slot === 'number' ? slot : nodes.length + 16 + slot.data;
  for (const [index, [left, right]] of nodes.entries()) {
    tree.writeUIntBE(place(left), index * 6, 3);
    tree.writeUIntBE(place(right), index * 6 + 3, 3);
  }
  const metadata = encode({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 1_767_225_600,
    database_type: type,
    description: { en: 'made for a test' },
    ip_version: 4,
    languages: ['en'],
    node_count: nodes.length,
    record_size: 24,
  });
  return Buffer.concat([tree, Buffer.alloc(16), ...data, MARKER, metadata]);
}

/** Another node, a record, or nothing known. */
type Slot = number | { data: number } | null;

/** A value in the format's data section: maps, arrays, texts and unsigned integers of 32 bits. */
function encode(value: unknown): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([control(2, Buffer.byteLength(value)), Buffer.from(value)]);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return Buffer.concat([control(6, 4), bytes]);
  }
  if (Array.isArray(value)) return Buffer.concat([control(11, value.length), ...value.map(encode)]);
  const entries = Object.entries(value ?? {});
  return Buffer.concat([
    control(7, entries.length),
    ...entries.flatMap(([name, member]) => [encode(name), encode(member)]),
  ]);
}

/** The bytes that say a value's type and size; types above 7 take a byte of their own. */
function control(type: number, size: number): Buffer {
  if (size > 28) throw new Error('longer values are not needed here');
  return type > 7 ? Buffer.from([size, type - 7]) : Buffer.from([(type << 5) | size]);
}
