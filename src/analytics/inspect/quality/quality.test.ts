import { describe, expect, it } from 'vitest';
import { essenceOf, findVariants } from './names';
import { findSilentDays, findStopped, type DayCount } from './rhythm';

const daily = (type: string, from: number, to: number, events: number, every = 1): DayCount[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)
    .filter((day) => (day - from) % every === 0)
    .map((day) => ({ type, day, events }));

describe('findVariants', () => {
  it.each(['Add To Cart', 'add_to_cart', 'addToCart', 'ADD-TO-CART'])(
    'takes %s for the same name',
    (name) => {
      expect(essenceOf(name)).toBe('addtocart');
    },
  );

  it('puts the most used name first and counts the others', () => {
    const found = findVariants([
      ['Sign Up', 2],
      ['sign_up', 90],
      ['signup', 1],
      ['login', 5],
    ]);
    expect(found).toEqual([{ names: ['sign_up', 'Sign Up', 'signup'], rare: 3 }]);
  });

  it('keeps names apart that differ in letters of any script', () => {
    expect(
      findVariants([
        ['заказ', 1],
        ['заказы', 1],
        ['!!', 1],
        ['??', 1],
      ]),
    ).toEqual([]);
  });
});

describe('findStopped', () => {
  const others = daily('view', 0, 60, 100);

  it('names a type that came daily and no more', () => {
    const found = findStopped([...others, ...daily('coupon', 0, 40, 5)]);
    expect(found).toMatchObject([{ code: 'stoppedEvents', example: 'coupon' }]);
  });

  it('leaves alone what is weekly, what is rare, and what is silent for a day', () => {
    expect(findStopped([...others, ...daily('digest', 0, 56, 30, 7)])).toEqual([]);
    expect(findStopped([...others, ...daily('rare', 0, 20, 1)])).toEqual([]);
    expect(findStopped([...others, ...daily('late', 0, 58, 50)])).toEqual([]);
  });

  it('leaves alone a history that ends as a whole', () => {
    expect(findStopped([...daily('view', 0, 40, 100), ...daily('coupon', 0, 40, 5)])).toEqual([]);
  });
});

describe('findSilentDays', () => {
  it('names days without anything inside a busy history', () => {
    const counts = daily('view', 0, 30, 100).filter(({ day }) => day !== 12 && day !== 13);
    expect(findSilentDays(counts)).toMatchObject([{ count: 2, example: '1970-01-13' }]);
  });

  it('leaves a sparse history alone', () => {
    expect(findSilentDays(daily('view', 0, 30, 2).filter(({ day }) => day % 5 !== 0))).toEqual([]);
    expect(findSilentDays(daily('view', 0, 60, 100, 7))).toEqual([]);
  });
});
