/** The native event that the benchmark sends as its `index`-th. */
export const eventLine = (index: number, run: string): Record<string, unknown> => {
  // Sessions of ten events, a hundred visitors at a time, as live traffic has them.
  const visitor = Math.floor(index / 1_000) * 100 + (index % 100);
  return {
    messageId: `${run}-${index.toString(36).padStart(24, '0')}`,
    userId: `visitor-${visitor}`,
    anonymousId: `visitor-${visitor}`,
    eventType: ['page_visit', 'product_view', 'add_to_cart', 'search', 'purchase'][index % 5],
    timestamp: new Date(Date.now() - 5_000 + index / 100).toISOString(),
    device: index % 3 === 0 ? 'mobile' : 'desktop',
    browser: 'Firefox',
    os: 'Windows',
    country: 'DE',
    page: { url: `https://shop.example/p/${index % 500}`, path: `/p/${index % 500}`, title: 'A product' },
    properties: { amount: index % 100, currency: 'EUR', plan: 'pro', list: 'winter', position: index % 20 },
  };
};
