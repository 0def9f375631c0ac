import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from './testing/chromium.js';
import { fakeSeason } from './testing/fake-season.js';
import { type FakeSite, startFakeSite } from './testing/fake-site.js';
import { accessibilityFaults, sidewaysOverflow } from './testing/page-checks.js';

const without = process.env.TIKETI_NO_CHROMIUM !== undefined;
if (without) console.warn('SKIPPED: booking in a browser, since TIKETI_NO_CHROMIUM is set');
const inBrowser = without ? describe.skip : describe;

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };

inBrowser('booking', () => {
  let browser: Browser;
  let site: FakeSite;
  let faults: string[];

  beforeAll(async () => {
    browser = await launchChromium();
  }, 30_000);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    site = await startFakeSite(fakeSeason());
    faults = [];
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await site.close();
    expect(faults).toEqual([]);
  });

  const visit = async (options: BrowserContextOptions = { locale: 'en-US' }): Promise<Page> => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    await page.goto(`${site.url}/events/${site.shows[1]?.detail.id}`);
    return page;
  };
  const signIn = async (page: Page, password = 'correct horse'): Promise<void> => {
    await page.getByLabel('Email').fill('kim@example.com');
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const lastWish = () => site.bookings.wishes.at(-1)?.body;

  it('sells places of a ticket type, from the sign-in to the number of the booking', async () => {
    const page = await visit();
    const more = page.getByRole('button', { name: 'One more: 입석' });
    for (let clicks = 0; clicks < 4; clicks += 1) await more.click();
    expect(await more.isDisabled()).toBe(true);
    expect(await page.getByRole('button', { name: 'One more: 통로 보조석' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'One fewer: 입석' }).click();
    await page.getByRole('button', { name: 'Reserve for ₩60,000' }).click();
    await signIn(page, 'wrong password');
    await page.getByText('Email or password is wrong.').waitFor();
    await signIn(page);
    await page.getByText('입석 × 3').waitFor();
    expect(lastWish()).toMatchObject({ tickets: [{ quantity: 3 }], seatIds: [] });
    expect(await accessibilityFaults(page)).toEqual([]);
    const [provider] = await Promise.all([page.waitForEvent('popup'), page.getByRole('link', { name: 'Pay ₩60,000' }).click()]);
    await provider.getByRole('link', { name: 'Approve' }).click();
    await provider.getByRole('heading', { name: 'Payment approved' }).waitFor();
    await page.getByText('Booked. Your reservation number is TK-0123-4567-89AB-C.').waitFor();
    await page.getByRole('button', { name: 'Book more' }).click();
    await page.getByRole('button', { name: 'Reserve the best seats' }).click();
    // signed in still
    await page.getByText('Seat 가-1-6').waitFor();
  }, 40_000);

  it('asks for the best seats of a grade, and lets them go again', async () => {
    const page = await visit();
    await page.getByRole('combobox', { name: 'Seats' }).selectOption('3');
    await page.getByRole('combobox', { name: 'Grade' }).selectOption('S');
    await page.getByRole('button', { name: 'Reserve the best seats' }).click();
    await signIn(page);
    await page.getByText('Seat 가-1-8').waitFor();
    expect(lastWish()).toMatchObject({ bestAvailable: { count: 3, grade: 'S' } });
    await page.getByRole('button', { name: 'Give back' }).click();
    await page.getByRole('button', { name: 'Reserve the best seats' }).waitFor();
  }, 30_000);

  it('says why not, and never asks twice for one wish whose answer was lost', async () => {
    const page = await visit();
    const best = page.getByRole('button', { name: 'Reserve the best seats' });
    site.bookings.refusal = { status: 409, code: 'NOT_ENOUGH_SEATS', title: 'There are not so many seats side by side.' };
    await best.click();
    await signIn(page);
    await page.getByText('There are not so many seats side by side.').waitFor();
    site.bookings.refusal = { status: 503, code: 'OUTCOME_UNKNOWN', title: 'Please repeat.' };
    await best.click();
    await page.getByText('Please repeat.').waitFor();
    site.bookings.refusal = undefined;
    await best.click();
    await page.getByText('Held for you').waitFor();
    const [refused, lost, repeated] = site.bookings.wishes.map(({ key }) => key);
    expect(repeated).toBe(lost);
    expect(refused).not.toBe(lost);
  }, 30_000);

  it('lets a payment that was cancelled be tried again with another order', async () => {
    const page = await visit();
    await page.getByRole('button', { name: 'Reserve the best seats' }).click();
    await signIn(page);
    const pay = page.getByRole('link', { name: 'Pay ₩110,000' });
    const [provider] = await Promise.all([page.waitForEvent('popup'), pay.click()]);
    await provider.getByRole('link', { name: 'Cancel' }).click();
    await page.getByText('The payment did not go through: Cancelled.').waitFor();
    await page.locator('a[href*="orderId=order-2"]').waitFor();
  }, 30_000);

  it.each([['ko-KR'], ['en-US']])(
    'fits a phone of 360 px (%s)',
    async (locale) => {
      const page = await visit({ ...PHONE, locale });
      await page.getByRole('img').last().waitFor();
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
      const picked = page.getByRole('button', { name: locale === 'ko-KR' ? '좋은 자리 예매하기' : 'Reserve the best seats' });
      await picked.click();
      await page.locator('input[type=password]').waitFor();
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    30_000,
  );
});
