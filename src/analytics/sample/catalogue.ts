import type { Weighted } from './random';

/** What the sample shop sells and where its visitors come from. Every name is invented. */

export const SHOP_URL = 'https://shop.example';

export interface Product {
  readonly slug: string;
  readonly title: string;
  readonly category: string;
  /** Euro. */
  readonly price: number;
}

const RANGE: readonly (readonly [category: string, names: readonly (readonly [string, number])[]])[] = [
  [
    'tents',
    [
      ['Heron 2', 249],
      ['Heron 3', 319],
      ['Bivvy Light', 129.5],
      ['Family Dome', 459],
      ['Tarp Nine', 59.9],
    ],
  ],
  [
    'backpacks',
    [
      ['Daypack 22', 79],
      ['Trail 45', 149],
      ['Trek 65', 219],
      ['Courier 18', 69.9],
      ['Kids 12', 39.9],
    ],
  ],
  [
    'shoes',
    [
      ['Ridge Low', 119],
      ['Ridge Mid', 139],
      ['Gravel Runner', 109],
      ['Camp Slipper', 34.5],
      ['Approach Pro', 159],
    ],
  ],
  [
    'cooking',
    [
      ['Gas Stove Mini', 44.9],
      ['Pot Set', 54],
      ['Titan Mug', 24.9],
      ['Water Filter', 64],
      ['Spork', 6.5],
    ],
  ],
  [
    'clothing',
    [
      ['Rain Shell', 189],
      ['Merino Base', 74.9],
      ['Down Vest', 129],
      ['Hiking Socks', 17.9],
      ['Sun Hat', 29.9],
    ],
  ],
  [
    'lights',
    [
      ['Headlamp 300', 39.9],
      ['Headlamp 900', 84],
      ['Camp Lantern', 32],
      ['Bike Set', 49.9],
      ['Reflector Band', 8.9],
    ],
  ],
];

export const PRODUCTS: readonly Product[] = RANGE.flatMap(([category, names]) =>
  names.map(([title, price]) => ({
    slug: title.toLowerCase().replace(/ /g, '-'),
    title,
    category,
    price,
  })),
);

export const CATEGORIES: readonly string[] = RANGE.map(([category]) => category);

export const SEARCHES: readonly [string, ...string[]] = [
  'tent 2 person',
  'rain jacket',
  'headlamp',
  'hiking shoes',
  'stove',
  'backpack 45',
  'socks',
  'kayak',
  'gift card',
  'water filter',
];

export interface Origin {
  /** ISO 3166 code. */
  readonly country: string;
  /** IANA zone that most of its visitors live in. */
  readonly timezone: string;
  readonly language: string;
}

export const ORIGINS: Weighted<Origin> = [
  [{ country: 'DE', timezone: 'Europe/Berlin', language: 'de' }, 30],
  [{ country: 'US', timezone: 'America/New_York', language: 'en' }, 18],
  [{ country: 'GB', timezone: 'Europe/London', language: 'en' }, 12],
  [{ country: 'FR', timezone: 'Europe/Paris', language: 'fr' }, 9],
  [{ country: 'US', timezone: 'America/Los_Angeles', language: 'en' }, 7],
  [{ country: 'IN', timezone: 'Asia/Kolkata', language: 'en' }, 7],
  [{ country: 'BR', timezone: 'America/Sao_Paulo', language: 'pt' }, 5],
  [{ country: 'EG', timezone: 'Africa/Cairo', language: 'ar' }, 4],
  [{ country: 'JP', timezone: 'Asia/Tokyo', language: 'ja' }, 4],
  [{ country: 'AU', timezone: 'Australia/Sydney', language: 'en' }, 4],
];

export type Channel = 'organic' | 'direct' | 'paid_search' | 'social' | 'email' | 'referral';

export const FIRST_CHANNELS: Weighted<Channel> = [
  ['organic', 36],
  ['paid_search', 22],
  ['social', 20],
  ['direct', 14],
  ['referral', 8],
];

export const RETURN_CHANNELS: Weighted<Channel> = [
  ['direct', 46],
  ['organic', 22],
  ['email', 20],
  ['social', 7],
  ['paid_search', 5],
];

export interface Campaign {
  readonly source: string;
  readonly medium: string;
  readonly name: string;
}

export const CAMPAIGNS: Readonly<Partial<Record<Channel, Weighted<Campaign>>>> = {
  paid_search: [
    [{ source: 'google', medium: 'cpc', name: 'brand' }, 5],
    [{ source: 'google', medium: 'cpc', name: 'tents_generic' }, 4],
    [{ source: 'bing', medium: 'cpc', name: 'brand' }, 1],
  ],
  social: [
    [{ source: 'instagram', medium: 'social', name: 'autumn_trails' }, 6],
    [{ source: 'facebook', medium: 'social', name: 'autumn_trails' }, 3],
    [{ source: 'youtube', medium: 'video', name: 'stove_review' }, 1],
  ],
  email: [
    [{ source: 'newsletter', medium: 'email', name: 'weekly' }, 7],
    [{ source: 'newsletter', medium: 'email', name: 'cart_reminder' }, 3],
  ],
};

/** The page that linked to the shop; none for direct visits and mails. */
export const REFERRERS: Readonly<Partial<Record<Channel, Weighted<string>>>> = {
  organic: [
    ['https://www.google.com/', 8],
    ['https://duckduckgo.com/', 1],
    ['https://www.bing.com/', 1],
  ],
  paid_search: [
    ['https://www.google.com/', 9],
    ['https://www.bing.com/', 1],
  ],
  social: [
    ['https://www.instagram.com/', 6],
    ['https://www.facebook.com/', 3],
    ['https://www.youtube.com/', 1],
  ],
  referral: [
    ['https://trail-notes.example/packing-list', 2],
    ['https://campers.example/forum/stoves', 1],
  ],
};

export interface Machine {
  readonly device: 'mobile' | 'desktop' | 'tablet';
  readonly browser: string;
  readonly os: string;
}

export const MACHINES: Weighted<Machine> = [
  [{ device: 'mobile', browser: 'Mobile Safari', os: 'iOS' }, 24],
  [{ device: 'mobile', browser: 'Chrome Mobile', os: 'Android' }, 25],
  [{ device: 'mobile', browser: 'Samsung Internet', os: 'Android' }, 4],
  [{ device: 'desktop', browser: 'Chrome', os: 'Windows' }, 19],
  [{ device: 'desktop', browser: 'Chrome', os: 'macOS' }, 6],
  [{ device: 'desktop', browser: 'Safari', os: 'macOS' }, 6],
  [{ device: 'desktop', browser: 'Firefox', os: 'Windows' }, 4],
  [{ device: 'desktop', browser: 'Firefox', os: 'Linux' }, 2],
  [{ device: 'desktop', browser: 'Edge', os: 'Windows' }, 4],
  [{ device: 'tablet', browser: 'Mobile Safari', os: 'iPadOS' }, 5],
  [{ device: 'tablet', browser: 'Chrome', os: 'Android' }, 1],
];

export const BOT_MACHINE: Machine = { device: 'desktop', browser: 'Headless Chrome', os: 'Linux' };

const FIRST_NAMES =
  'Ada Amara Anton Bela Ben Carla Chidi Clara Dana Dario Edda Elif Emil Enzo Farah Felix Freya Gita Goran Hana Hugo Ida Ilse Ivan Jana Jonas Jun Kaya Kiran Lara Leo Lina Luca Maja Malik Mara Mika Milo Nadia Nia Nils Noor Olga Omar Otto Pia Priya Quinn Rafa Rosa Sami Sana Sofia Tara Theo Uma Vera Viktor Wanda Yara Yusuf Zoe'.split(
    ' ',
  );
const LAST_NAMES =
  'Adler Almeida Arslan Bauer Becker Bianchi Castro Chen Costa Dahl Danso Diallo Dubois Eriksen Farouk Fischer Fontaine Garcia Gupta Haas Hansen Hoffmann Ibrahim Ito Jensen Kaya Keller Khan Klein Kowalski Kumar Lange Laurent Lindgren Lopez Martin Meyer Moreau Nakamura Novak Okafor Olsen Park Patel Petrov Pinto Ricci Rossi Sato Schmidt Silva Singh Sorensen Tanaka Tran Vogel Wagner Weber Winter Yilmaz Zeller'.split(
    ' ',
  );

/** An invented full name for a number. */
export function nameFor(number: number): { first: string; last: string } {
  return {
    first: FIRST_NAMES[number % FIRST_NAMES.length] ?? 'Ada',
    last: LAST_NAMES[Math.floor(number / FIRST_NAMES.length) % LAST_NAMES.length] ?? 'Adler',
  };
}

export type Plan = 'free' | 'plus' | 'pro';
