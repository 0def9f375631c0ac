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
    expect(await response.text()).toContain('아무것도 청구되지 않았습니다');
  });

  it('speaks the language asked for, else the browser’s', async () => {
    const page = await openPage();
    const inEnglish = { headers: { 'accept-language': 'en-US,en;q=0.9' } };
    expect(await (await fetch(page)).text()).toContain('결제하기');
    expect(await (await fetch(page, inEnglish)).text()).toContain('Pay with');
    expect(await (await fetch(`${page}?lang=ko`, inEnglish)).text()).toContain('결제하기');
    const query = new URLSearchParams({ ...Object.fromEntries(QUERY), lang: 'en' });
    expect((await openPage(query)).search).toBe('?lang=en');
  });

  it('offers every method, or the one the shop opened it for', async () => {
    const offered = async (page: URL) =>
      [...(await (await fetch(page)).text()).matchAll(/type="radio" name="method" value="(\w+)"/g)].map(([, method]) => method);
    expect(await offered(await openPage())).toEqual(['CARD', 'VIRTUAL_ACCOUNT', 'TRANSFER', 'EASY_PAY']);
    const only = await openPage(new URLSearchParams({ ...Object.fromEntries(QUERY), method: 'VIRTUAL_ACCOUNT' }));
    expect(await offered(only)).toEqual(['VIRTUAL_ACCOUNT']);
    expect((await decide(only, { decision: 'approve', method: 'CARD' })).status).toBe(400);
  });

  it.each([
    [{ method: 'TRANSFER', fromBank: '90' }, '계좌이체'],
    [{ method: 'EASY_PAY', provider: '토스페이' }, '간편결제'],
  ])('pays with %j', async (form, method) => {
    const page = await openPage();
    expect((await decide(page, { decision: 'approve', ...form })).status).toBe(303);
    expect((await shop.confirm(paymentKeyOf(page), ORDER, 50_000)).body).toMatchObject({ status: 'DONE', method });
  });

  describe('with a virtual account', () => {
    const buy = async () => {
      const page = await openPage(
        new URLSearchParams({ ...Object.fromEntries(QUERY), validHours: '24', customerName: '이구매' }),
      );
      const form = {
        decision: 'approve',
        method: 'VIRTUAL_ACCOUNT',
        bank: '20',
        fromBank: '90',
        customerName: '',
        card: '4330000000000003',
      };
      expect((await decide(page, form)).status).toBe(303);
      const { body } = await shop.confirm(paymentKeyOf(page), ORDER, 50_000);
      return { page, body, number: (body.virtualAccount as { accountNumber: string }).accountNumber };
    };

    it('names bank, payer and due date, and takes the deposit and its reversal by a button', async () => {
      const { page, body, number } = await buy();
      expect(body.virtualAccount).toMatchObject({ bankCode: '20', customerName: '이구매', dueDate: '2026-11-22T10:00:00+09:00' });
      expect(await (await fetch(page)).text()).toContain(`우리 ${number}`);
      const paid = await decide(page, { decision: 'deposit' });
      expect(new URL(String(paid.headers.get('location')), `${page}/deposit`).pathname).toBe(page.pathname);
      expect((await shop.payment(paymentKeyOf(page))).body.status).toBe('DONE');
      await decide(page, { decision: 'error' });
      expect((await shop.payment(paymentKeyOf(page))).body.status).toBe('WAITING_FOR_DEPOSIT');
    });

    it('shows no deposit button past the due date', async () => {
      const { page } = await buy();
      shop.advance(24 * 3_600_000 + 1);
      const html = await (await fetch(page)).text();
      expect(html).toContain('입금 기한이 지났습니다');
      expect(html).not.toContain('<form');
    });

    it('is paid at the bank by whoever knows the number, with the exact amount', async () => {
      const { page, number } = await buy();
      const transfer = async (form: Record<string, string>) =>
        (await fetch(`${shop.url()}/bank?lang=en`, { method: 'POST', body: new URLSearchParams(form) })).text();
      expect(await (await fetch(`${shop.url()}/bank`)).text()).toContain('모의 은행 이체');
      expect(await transfer({ accountNumber: 'X0', amount: '1' })).toContain('There is no such account');
      expect(await transfer({ accountNumber: number, amount: '49999' })).toContain('Only the exact amount');
      expect(await transfer({ accountNumber: number, amount: '50000' })).toContain('Deposited.');
      expect((await shop.payment(paymentKeyOf(page))).body.status).toBe('DONE');
    });
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
