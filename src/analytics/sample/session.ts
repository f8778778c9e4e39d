import type { EventLine, Page } from '../../shared/model/event';
import {
  CAMPAIGNS,
  CATEGORIES,
  PRODUCTS,
  REFERRERS,
  RETURN_CHANNELS,
  SEARCHES,
  SHOP_URL,
  type Channel,
  type Machine,
  type Plan,
  type Product,
} from './catalogue';
import { createRandom, type Random } from './random';
import { anonymousIdOf, planBefore, userIdOf, type Visitor } from './visitor';

/** A span of time (ms, end exclusive) in which paying on a phone fails. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

export interface SessionPlan {
  readonly seed: number;
  readonly visitor: Visitor;
  /** 0 = the visitor's first visit. */
  readonly visit: number;
  /** ms since 1970. */
  readonly startAt: number;
  readonly outage: Outage | undefined;
}

/** An event with its timestamp as a number (ms). */
export interface PlayedEvent {
  readonly at: number;
  readonly event: EventLine;
}

type Properties = Record<string, string | number | boolean>;

const SECOND = 1_000;

/** One visit being played: the clock, who it is by now, what has happened. */
class Visit {
  readonly events: PlayedEvent[] = [];
  readonly random: Random;
  readonly machine: Machine;
  readonly channel: Channel;
  readonly cart: Product[] = [];
  private readonly sessionId: string;
  private readonly anonymousId: string;
  private at: number;
  private userId: string | undefined;
  private plan: Plan | undefined;
  private page: Page | undefined;
  private openPage: EventLine | undefined;
  private openedAt = 0;

  constructor(private readonly session: SessionPlan) {
    const { seed, visitor, visit, startAt } = session;
    this.random = createRandom(seed, 21, visitor.number, startAt);
    const hasAccount = visitor.signsUpAt !== undefined && visit > visitor.signsUpAt;
    const second = hasAccount && visitor.secondMachine !== undefined && this.random.chance(0.35);
    this.machine = second && visitor.secondMachine ? visitor.secondMachine : visitor.machine;
    this.anonymousId = anonymousIdOf(seed, visitor.number, second ? 1 : 0);
    this.sessionId = `s-${visitor.number.toString(36)}-${Math.floor(startAt / SECOND).toString(36)}`;
    this.at = startAt;
    this.channel =
      visitor.loyalty === 'bot'
        ? 'direct'
        : visit === 0
          ? visitor.firstChannel
          : this.random.weighted(RETURN_CHANNELS);
    if (hasAccount && this.random.chance(second ? 0.3 : 0.7)) this.become(planBefore(visitor, visit));
  }

  get isKnown(): boolean {
    return this.userId !== undefined;
  }

  get currentPlan(): Plan | undefined {
    return this.plan;
  }

  get isOut(): boolean {
    const { outage } = this.session;
    return this.machine.device === 'mobile' && !!outage && this.at >= outage.from && this.at < outage.to;
  }

  /** From here on the visitor is logged in. */
  become(plan: Plan): void {
    this.userId = userIdOf(this.session.visitor.number);
    this.plan = plan;
  }

  /** Lets time pass, in seconds (at least 0.2). */
  wait(medianSec: number, spread = 0.8): void {
    const seconds = Math.min(900, Math.max(0.2, this.random.skewed(medianSec, spread)));
    this.at += Math.round(seconds * SECOND);
  }

  /** The moment in which code on a page sends its own event. */
  pause(): void {
    this.at += this.random.chance(0.1) ? 0 : this.random.integer(3, 180);
  }

  track(eventType: string, properties: Properties = {}): EventLine {
    const { visitor } = this.session;
    const event: EventLine = {
      messageId: `${this.sessionId}-${this.events.length.toString(36)}`,
      ...(this.userId === undefined ? {} : { userId: this.userId }),
      anonymousId: this.anonymousId,
      sessionId: this.sessionId,
      eventType,
      timestamp: new Date(this.at).toISOString(),
      device: this.machine.device,
      browser: this.machine.browser,
      os: this.machine.os,
      country: visitor.origin.country,
      ...(this.page === undefined ? {} : { page: this.page }),
      properties: {
        channel: this.channel,
        ...(this.plan === undefined ? {} : { plan: this.plan }),
        ...(visitor.loyalty === 'bot' ? { bot: true } : {}),
        ...properties,
      },
    };
    this.events.push({ at: this.at, event });
    return event;
  }

  /** Opens a page; the one before gets its duration when the browser reported it. */
  open(path: string, title: string, properties: Properties = {}, externalReferrer?: string): void {
    this.leave();
    const referrer = externalReferrer ?? this.page?.url;
    this.page = {
      url: `${SHOP_URL}${path}`,
      path: path.replace(/\?.*$/, ''),
      title,
      ...(referrer === undefined ? {} : { referrer }),
    };
    this.openPage = this.track('page_visit', properties);
    this.openedAt = this.at;
  }

  /** Closes the open page; browsers report the time spent two times in three. */
  leave(): void {
    const spentMs = this.at - this.openedAt;
    if (this.openPage && spentMs > 0 && this.random.chance(0.66)) {
      this.openPage.durationSec = Math.round(spentMs / 100) / 10;
    }
    this.openPage = undefined;
  }
}

const productOf = (visit: Visit, category?: string): Product => {
  const shelf = category === undefined ? PRODUCTS : PRODUCTS.filter((one) => one.category === category);
  // Squaring favours the front of the shelf, so that some products are far more popular than others.
  const index = Math.floor(Math.pow(visit.random.next(), 1.7) * shelf.length);
  return shelf[index] ?? (PRODUCTS[0] as Product);
};

const titled = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

function openProduct(visit: Visit, product: Product, properties: Properties = {}, referrer?: string): void {
  visit.open(`/product/${product.slug}`, product.title, properties, referrer);
  visit.pause();
  visit.track('product_view', {
    product: product.slug,
    category: product.category,
    price: product.price,
  });
}

/** The first page, with what brought the visitor here. */
function land(visit: Visit): Product | undefined {
  const { random, channel } = visit;
  const campaigns = CAMPAIGNS[channel];
  const campaign = campaigns && random.weighted(campaigns);
  const referrers = REFERRERS[channel];
  const referrer = referrers && random.weighted(referrers);
  const tags: Properties = campaign
    ? { utm_source: campaign.source, utm_medium: campaign.medium, utm_campaign: campaign.name }
    : {};
  const where = random.next();
  if (channel === 'social' && where < 0.35) {
    visit.open('/blog/autumn-trails', 'Autumn trails', tags, referrer);
    return undefined;
  }
  if (where < 0.4) visit.open('/', 'Shop', tags, referrer);
  else if (where < 0.62) {
    const category = random.pick(CATEGORIES as [string, ...string[]]);
    visit.open(`/category/${category}`, titled(category), tags, referrer);
  } else {
    const product = productOf(visit);
    visit.open(`/product/${product.slug}`, product.title, tags, referrer);
    return product;
  }
  return undefined;
}

function signUp(visit: Visit, plan: Plan): void {
  visit.wait(18);
  visit.open('/account/new', 'Create an account');
  visit.wait(45);
  visit.become(plan);
  visit.track('sign_up', { method: visit.random.chance(0.3) ? 'google' : 'email' });
}

function logIn(visit: Visit, plan: Plan): void {
  visit.wait(8);
  visit.open('/account/login', 'Log in');
  visit.wait(12);
  visit.become(plan);
  visit.track('login', { method: visit.random.chance(0.3) ? 'google' : 'password' });
}

function changePlan(visit: Visit, to: Plan): void {
  const from = visit.currentPlan;
  if (from === undefined || from === to) return;
  visit.wait(20);
  visit.open('/account/plan', 'Your membership');
  visit.wait(30);
  visit.become(to);
  visit.track('plan_change', { fromPlan: from, toPlan: to });
}

/** From the cart to the thank-you page, with the usual losses. True when something was bought. */
function checkOut(visit: Visit): boolean {
  const { random, machine } = visit;
  const ease = machine.device === 'mobile' ? 0.86 : 1;
  visit.wait(15);
  visit.open('/cart', 'Your cart');
  if (!random.chance(0.64 * ease)) return false;
  visit.wait(20);
  visit.open('/checkout', 'Checkout');
  visit.pause();
  const amount = Math.round(visit.cart.reduce((sum, product) => sum + product.price, 0) * 100) / 100;
  const items = visit.cart.length;
  visit.track('checkout_start', { amount, items });
  if (!random.chance(0.78 * ease)) return false;
  visit.wait(60);
  const paymentMethod = random.weighted([
    ['card', 6],
    ['paypal', 3],
    ['invoice', 1],
  ]);
  if (visit.isOut) {
    const tries = random.integer(1, 3);
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      visit.track('payment_failed', { amount, paymentMethod, reason: 'gateway_timeout' });
      visit.wait(25);
    }
    return false;
  }
  if (random.chance(0.05)) {
    visit.track('payment_failed', { amount, paymentMethod, reason: 'declined' });
    visit.wait(30);
    if (random.chance(0.4)) return false;
  }
  const coupon = random.chance(0.15);
  visit.track('purchase', {
    amount: coupon ? Math.round(amount * 90) / 100 : amount,
    currency: 'EUR',
    items,
    paymentMethod,
    ...(coupon ? { coupon: 'TRAIL10' } : {}),
  });
  visit.pause();
  visit.open('/thank-you', 'Thank you');
  return true;
}

/** Looks around: categories, searches and products, until the visitor tires or checks out. */
function browse(visit: Visit, landed: Product | undefined, eager: number): void {
  const { random, machine } = visit;
  let current = landed;
  const wantMore = machine.device === 'mobile' ? 0.7 : 0.76;
  let steps = 0;
  do {
    if (current === undefined) {
      visit.wait(14);
      const way = random.next();
      let category: string | undefined;
      if (way < 0.24) {
        const query = random.pick(SEARCHES);
        visit.open(`/search?q=${encodeURIComponent(query)}`, 'Search');
        visit.pause();
        visit.track('search', { query, results: query === 'kayak' ? 0 : random.integer(2, 24) });
      } else if (way < 0.7) {
        category = random.pick(CATEGORIES as [string, ...string[]]);
        visit.open(`/category/${category}`, titled(category));
      }
      if (random.chance(0.68)) {
        visit.wait(16);
        current = productOf(visit, category);
        openProduct(visit, current);
      }
    }
    if (current !== undefined) {
      if (random.chance(0.115 * eager)) {
        visit.wait(28);
        visit.track('add_to_cart', {
          product: current.slug,
          category: current.category,
          price: current.price,
        });
        visit.cart.push(current);
        if (visit.cart.length > 1 && random.chance(0.1)) {
          const dropped = visit.cart.shift();
          visit.wait(6);
          if (dropped) visit.track('remove_from_cart', { product: dropped.slug, price: dropped.price });
        }
      }
      current = undefined;
    }
    steps += 1;
  } while (steps < 25 && random.chance(wantMore));
  if (visit.cart.length > 0) checkOut(visit);
}

/** A crawler: many pages in an even pace, nothing else. */
function crawl(visit: Visit): void {
  const pages = visit.random.integer(12, 40);
  for (let index = 0; index < pages; index += 1) {
    const product = productOf(visit);
    visit.open(`/product/${product.slug}`, product.title);
    visit.wait(4, 0.1);
  }
}

/**
 * Plays one visit. The events are in order of time, carry a session id and a message id, and depend on the
 * plan alone.
 */
export function playSession(plan: SessionPlan): PlayedEvent[] {
  const visit = new Visit(plan);
  const { visitor } = plan;
  if (visitor.loyalty === 'bot') {
    crawl(visit);
    return visit.events;
  }
  const signsUpNow = visitor.signsUpAt === plan.visit;
  const newPlan = visitor.planChanges.find((change) => change.visit === plan.visit)?.plan;
  const bounceChance =
    signsUpNow || newPlan !== undefined
      ? 0
      : (visitor.loyalty === 'once' ? 0.46 : 0.16) +
        (visit.channel === 'social' ? 0.12 : 0) +
        (visit.machine.device === 'mobile' ? 0.05 : 0);
  const landed = land(visit);
  if (visit.random.chance(bounceChance)) return visit.events;
  if (landed) {
    visit.pause();
    visit.track('product_view', {
      product: landed.slug,
      category: landed.category,
      price: landed.price,
    });
  }
  const hasAccount = visitor.signsUpAt !== undefined && plan.visit > visitor.signsUpAt;
  if (signsUpNow) signUp(visit, visitor.signUpPlan);
  else if (hasAccount && !visit.isKnown && visit.random.chance(0.8))
    logIn(visit, planBefore(visitor, plan.visit));
  if (newPlan !== undefined) changePlan(visit, newPlan);
  browse(visit, landed, { once: 0.7, casual: 1, loyal: 1.3 }[visitor.loyalty]);
  visit.leave();
  return visit.events;
}
