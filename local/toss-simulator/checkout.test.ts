import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CLIENT_KEY, openShop, type Shop } from './testing/shop.js';

const ORDER = 'order-0001';
const QUERY = new URLSearchParams({
  orderId: ORDER,
  amount: '50000',
  orderName: '<script>alert(1)</script>',
  successUrl: 'https://shop.example/paid?lang=ko',
  failUrl: '/payments/failed',
});

describe('the checkout page', () => {
  let shop: Shop;
  beforeEach(async () => {
    shop = await openShop();
  });
  afterEach(() => shop.close());

  /** Opens the page as a browser would, resolving the relative redirect; answers its address. */
  async function openPage(query = QUERY): Promise<URL> {
    const opening = new URL(`/checkout?${query}`, shop.url());
    const response = await fetch(opening, { redirect: 'manual' });
    expect(response.status).toBe(303);
    return new URL(String(response.headers.get('location')), opening);
  }
  const paymentKeyOf = (page: URL) => String(page.pathname.split('/').at(-1));

  async function decide(page: URL, form: Record<string, string>) {
    const action = /action="([^"]+)"/.exec(await (await fetch(page)).text())?.[1];
    return fetch(new URL(String(action), page), { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });
  }

  it('says that it is a simulator, in both languages, and shows what it is told as text', async () => {
    const html = await (await fetch(await openPage())).text();
    expect(html).toContain('시뮬레이터입니다');
    expect(html).toContain('This is a simulator');
    expect(html).toContain('50,000원');
    expect(html).not.toContain('<script>');
    expect(html.match(/(href|src|action)="(\/|https?:)/)).toBeNull();
  });

  it('sends an approving buyer back with a payment that can be confirmed', async () => {
    const page = await openPage();
    const response = await decide(page, { decision: 'approve', card: '4330000000000003' });
    const back = new URL(String(response.headers.get('location')));
    expect(`${back.origin}${back.pathname}`).toBe('https://shop.example/paid');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      lang: 'ko',
      paymentType: 'NORMAL',
      orderId: ORDER,
      paymentKey: paymentKeyOf(page),
      amount: '50000',
    });
    expect((await shop.confirm(paymentKeyOf(page), ORDER, 50_000)).status).toBe(200);
  });

  it('sends a declined buyer to the failure page and ends the payment', async () => {
    const page = await openPage();
    const response = await decide(page, { decision: 'decline' });
    expect(String(response.headers.get('location'))).toMatch(
      /^\/payments\/failed\?code=REJECT_CARD_COMPANY&message=.+&orderId=order-0001$/,
    );
    expect((await shop.payment(paymentKeyOf(page))).body.status).toBe('ABORTED');
    expect((await shop.confirm(paymentKeyOf(page), ORDER, 50_000)).status).toBe(400);
  });

  it('reports a cancelling buyer and leaves the payment open', async () => {
    const page = await openPage();
    const response = await decide(page, { decision: 'cancel' });
    expect(String(response.headers.get('location'))).toContain('code=PAY_PROCESS_CANCELED');
    expect((await shop.payment(paymentKeyOf(page))).body.status).toBe('READY');
  });

  it('tells nobody when the window is closed', async () => {
    const response = await decide(await openPage(), { decision: 'close' });
    expect([response.status, response.headers.get('location')]).toEqual([200, null]);
    expect(await response.text()).toContain('Nothing was charged');
  });

  it('lets a buyer pay once only', async () => {
    const page = await openPage();
    const target = new URL(`${page.href}/decision`);
    const pay = () =>
      fetch(target, {
        method: 'POST',
        body: new URLSearchParams({ decision: 'approve', card: '4330000000000003' }),
        redirect: 'manual',
      });
    expect((await pay()).status).toBe(303);
    expect((await pay()).status).toBe(400);
  });

  it.each([['javascript:alert(1)'], ['//evil.example/x'], ['data:text/html,x']])('does not go back to %s', async (successUrl) => {
    const query = new URLSearchParams(QUERY);
    query.set('successUrl', successUrl);
    expect((await fetch(`${shop.url()}/checkout?${query}`)).status).toBe(400);
  });

  it('checks the client key when one is given, and the card number', async () => {
    const session = { orderId: ORDER, amount: 100, orderName: 'x' };
    const open = (more: object) => shop.call('POST', '/checkout/sessions', { ...session, ...more });
    expect((await open({ clientKey: CLIENT_KEY })).status).toBe(200);
    expect((await open({ clientKey: 'test_ck_other' })).status).toBe(401);
    expect((await open({ card: '4330000000000004' })).status).toBe(400);
  });

  it('shows a receipt for what was charged and for nothing else', async () => {
    const key = await shop.checkout(ORDER, 50_000);
    expect((await fetch(`${shop.url()}/receipt/${key}`)).status).toBe(404);
    const { body } = await shop.confirm(key, ORDER, 50_000);
    expect(await (await fetch((body.receipt as { url: string }).url)).text()).toContain('50,000원');
  });
});
