/** Event types that count as page views and purchases unless a mapping names others; matched exactly. */
export const DEFAULT_ROLES = {
  pageViews: ['page_visit', 'PAGE_VIEW', 'page_view', 'pageview', '$pageview', 'page', 'screen'],
  purchases: ['purchase', 'PURCHASE', 'order_completed', 'Order Completed', 'payment_done'],
} as const;

export interface Roles {
  readonly pageViews: readonly string[];
  readonly purchases: readonly string[];
}
