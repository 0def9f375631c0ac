import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from './testing/chromium.js';
import { fakeSeason } from './testing/fake-season.js';
import { type FakeSite, startFakeSite } from './testing/fake-site.js';
import { accessibilityFaults, sidewaysOverflow } from './testing/page-checks.js';

const without = process.env.TIKETI_NO_CHROMIUM !== undefined;
if (without) console.warn('SKIPPED: the first page in a browser, since TIKETI_NO_CHROMIUM is set');
const inBrowser = without ? describe.skip : describe;

const PHONE = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
const ENGLISH = { locale: 'en-US' };
const KOREAN = { locale: 'ko-KR' };

inBrowser('the first page', () => {
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

  const visit = async (path: string, options: BrowserContextOptions): Promise<Page> => {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // The browser itself reports each answer that is not 2xx; some tests ask for them.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text());
    });
    await page.goto(new URL(path, site.url).href);
    return page;
  };
  const showPath = (index: number): string => `/events/${site.shows[index]?.detail.id}`;
  const performanceId = (show: number, index: number): string => site.shows[show]?.maps[index]?.performanceId ?? '';
  const live = (page: Page, state = 'live'): Promise<void> => page.locator(`[data-connection=${state}]`).waitFor();

  it('lists the shows with what is left, follows a sale, and says that payment is simulated', async () => {
    const page = await visit('/', ENGLISH);
    const card = page.getByRole('article', { name: 'The Red Lighthouse' });
    await card.getByText('64 left').waitFor();
    expect(await card.textContent()).toContain('₩40,000–55,000');
    expect(await card.getByRole('meter').first().getAttribute('aria-valuetext')).toBe('0 of 265 seats available');
    expect(await page.getByRole('article').count()).toBe(5);
    await page.getByText('Payment on this site is simulated').waitFor();
    await live(page);
    site.sell(performanceId(1, 1));
    await card.getByText('63 left').waitFor();
  }, 30_000);

  it('says nothing of simulation where payment is real', async () => {
    site.simulated = [];
    const page = await visit('/', ENGLISH);
    await page.getByRole('article').first().waitFor();
    await page.waitForLoadState('networkidle');
    expect(await page.getByText('simulated').count()).toBe(0);
  }, 30_000);

  it('filters by the address', async () => {
    const page = await visit('/', ENGLISH);
    await page.getByText('5 shows').waitFor();
    await page.getByRole('radio', { name: 'Musical' }).focus();
    await page.keyboard.press('Space');
    await page.getByText('1 show', { exact: true }).waitFor();
    expect(page.url()).toBe(`${site.url}/?category=musical`);
    await page.reload();
    await page.getByRole('article', { name: 'The Glass Garden' }).waitFor();
    await page.getByText('Sold out', { exact: true }).click();
    await page.getByRole('heading', { name: 'No show matches these filters' }).waitFor();
    await page.getByRole('button', { name: 'Clear the filters' }).click();
    await page.getByText('5 shows').waitFor();
    expect(page.url()).toBe(`${site.url}/`);
  }, 30_000);

  it('speaks the language of the browser until another is chosen, and remembers that one', async () => {
    const page = await visit('/', KOREAN);
    await page.getByRole('heading', { level: 1, name: '전체 공연' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('ko');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { level: 1, name: 'All shows' }).waitFor();
    await page.getByRole('article', { name: 'Milky Way Arena Tour' }).waitFor();
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'All shows' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    expect(await page.title()).toBe('All shows · Tiketi');
  }, 30_000);

  it('starts while the API is down and recovers by itself', async () => {
    site.up = false;
    const page = await visit('/', ENGLISH);
    await page.getByRole('heading', { name: 'The shows could not be loaded' }).waitFor();
    await live(page, 'interrupted');
    expect(await accessibilityFaults(page)).toEqual([]);
    site.up = true;
    await page.getByRole('article').first().waitFor();
    await live(page);
  }, 30_000);

  it('keeps the last data when the API goes down, says how old they are, and goes on when it is back', async () => {
    const page = await visit('/', ENGLISH);
    await page.getByRole('article').first().waitFor();
    site.up = false;
    await page.getByText(/What you see is as of \d+:\d\d:\d\d.[AP]M\. We keep trying\./).waitFor();
    await live(page, 'interrupted');
    expect(await page.getByRole('article').count()).toBe(5);
    site.up = true;
    await live(page);
    expect(await page.getByText('We cannot reach the ticket server').count()).toBe(0);
  }, 30_000);

  it('shows a performance and its seats, and follows their versions', async () => {
    const page = await visit('/', ENGLISH);
    await page.getByRole('link', { name: 'The Red Lighthouse' }).click();
    await page.getByRole('heading', { level: 1, name: 'The Red Lighthouse' }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    // The first performance is sold out, so the second is shown.
    const picture = page.getByRole('img', { name: /64 of 265 seats available/ });
    await picture.waitFor();
    expect(await picture.getAttribute('data-version')).toBe('9');
    site.sell(performanceId(1, 1));
    await page.getByRole('img', { name: /63 of 265 seats available/ }).waitFor();
    await page.getByRole('radio', { name: /Dec 4/ }).focus();
    await page.keyboard.press('Space');
    await page.getByRole('img', { name: /191 of 265 seats available/ }).waitFor();
    expect(page.url()).toContain(`performance=${performanceId(1, 3)}`);
    await page.getByText('Seats by section').click();
    expect(await accessibilityFaults(page)).toEqual([]);
  }, 30_000);

  it('paints every seat state on the canvas', async () => {
    const page = await visit(showPath(1), ENGLISH);
    await page.getByRole('img', { name: /64 of 265/ }).waitFor();
    const painted = await page.locator('canvas').evaluate(async (canvas: HTMLCanvasElement) => {
      await new Promise(requestAnimationFrame);
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const seen = new Set<string>();
      for (let at = 0; at < pixels.length; at += 4)
        seen.add([...pixels.slice(at, at + 3)].map((one) => one.toString(16).padStart(2, '0')).join(''));
      const style = getComputedStyle(canvas);
      return ['--grade-1', '--grade-2', '--seat-held', '--seat-sold'].filter(
        (name) => !seen.has(style.getPropertyValue(name).slice(1)),
      );
    });
    expect(painted).toEqual([]);
  }, 30_000);

  it('tells seats kept from sale apart', async () => {
    const page = await visit(showPath(1), ENGLISH);
    await page.getByRole('img', { name: /64 of 265/ }).waitFor();
    expect(await page.getByText('Not for sale').count()).toBe(0);
    site.block(performanceId(1, 1));
    await page.getByText('Not for sale').waitFor();
    expect(await page.locator('[data-seats=blocked]').textContent()).toBe('1');
  }, 30_000);

  it('knows what it does not know', async () => {
    const missing = await visit('/events/00000001-0000-4000-8000-999999999999', ENGLISH);
    await missing.getByRole('heading', { level: 1, name: 'We do not know this show' }).waitFor();
    await live(missing);
    const nowhere = await visit('/nowhere', KOREAN);
    await nowhere.getByRole('heading', { level: 1, name: '없는 페이지입니다' }).waitFor();
    await nowhere.getByRole('main').getByRole('link', { name: '전체 공연' }).click();
    await nowhere.getByRole('heading', { level: 1, name: '전체 공연' }).waitFor();
  }, 30_000);

  it.each([
    ['Korean', KOREAN],
    ['English', ENGLISH],
  ])(
    'fits a phone of 360 px in %s',
    async (_, language) => {
      const page = await visit('/', { ...PHONE, ...language });
      await page.getByRole('article').first().waitFor();
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
      await page.goto(`${site.url}${showPath(0)}`);
      await page.getByRole('img').last().waitFor();
      expect(await sidewaysOverflow(page)).toBe(0);
      expect(await accessibilityFaults(page)).toEqual([]);
    },
    30_000,
  );

  it('lets keyboards skip to the content', async () => {
    const page = await visit('/', ENGLISH);
    await page.getByRole('article').first().waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('category');
  }, 30_000);
});
