import fc from 'fast-check';
import { BSON } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { encodeDocument } from './encodeDocument';

const text = fc.oneof(
  fc.string({ maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '\ud800', 'a\udc00', 'x\0y', 'Ä'.repeat(40)),
);
const name = text.filter((each) => !each.includes('\0') && each !== '_bsontype' && each !== '__proto__');
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(-0, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, NaN, -Infinity),
);
const { document } = fc.letrec<{ value: unknown; document: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    number,
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.date({ noInvalidDate: true }),
    fc.array(tie('value'), { maxLength: 12 }),
    tie('document'),
  ),
  document: fc.dictionary(name, tie('value'), { maxKeys: 6 }),
}));

const encode = (value: object, room: number, at: number): Buffer => {
  const into = Buffer.alloc(room, 0xee);
  return into.subarray(at, encodeDocument(value, into, at));
};

const expectSame = (value: object): void => {
  const expected = Buffer.from(BSON.serialize(value, { ignoreUndefined: true }));
  expect(encode(value, expected.length * 3 + 500, 7)).toEqual(expected);
};

describe('a document', () => {
  it('is encoded as the driver encodes it', () => {
    fc.assert(fc.property(document, expectSame));
  });

  it('of the driver’s own kinds of values is, too', () => {
    expectSame({ id: new BSON.ObjectId(), long: BSON.Long.fromNumber(5), big: 5n, map: new Map([['a', 1]]) });
    expectSame({ pattern: /a/, bytes: new Uint8Array([1, 2]), with: { toBSON: () => ({ a: 1 }) } });
  });

  it('is never cut short where it does not fit', () => {
    fc.assert(
      fc.property(document, fc.nat(600), (value, room) => {
        const expected = Buffer.from(BSON.serialize(value, { ignoreUndefined: true }));
        try {
          expect(encode(value, room, 0)).toEqual(expected);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('is refused as the driver refuses it', () => {
    expect(() => encode({ 'a\0b': 1 }, 100, 0)).toThrow();
    expect(() => encode({ a: { _bsontype: 'Nothing' } }, 100, 0)).toThrow();
  });
});
