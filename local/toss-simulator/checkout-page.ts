import { banks } from './banks.js';
import { testCards } from './cards.js';
import { texts } from './checkout-texts.js';
import { depositPart } from './deposit-page.js';
import type { Language } from './errors.js';
import { escaped, facts, page, won } from './page.js';
import { balanceOf, isPaid, type Payment } from './payment.js';
import { easyPayProviders, METHODS } from './payment-means.js';

/** The page where a person plays the buyer. Its links are relative to its own address. */
export function checkoutPage(payment: Payment, language: Language, now: number): string {
  const text = texts[language];
  const other = language === 'ko' ? 'en' : 'ko';
  const change = `<a class="language" lang="${other}" href="?lang=${other}">${text.other}</a>`;
  const rest =
    payment.status === 'READY' ? form(payment, language) : statusPart(payment, language) + depositPart(payment, language, now);
  return page(language, text.title, `${change}<h1>${text.title}</h1>${summary(payment, language)}${rest}`);
}

/** What is left when the buyer leaves without being sent anywhere. */
export function closedPage(payment: Payment, language: Language): string {
  const { closed, nothingCharged } = texts[language];
  const rest = isPaid(payment) ? statusPart(payment, language) : `<p>${nothingCharged}</p>`;
  return page(language, closed, `<h1>${closed}</h1>${summary(payment, language)}${rest}`);
}

/** The page after an authentication that leads nowhere: the shop gave no address to go back to. */
export const authenticatedPage = (payment: Payment, language: Language): string =>
  page(
    language,
    texts[language].title,
    `<h1>${texts[language].title}</h1>${summary(payment, language)}${statusPart(payment, language)}`,
  );

export function receiptPage(payment: Payment, language: Language): string {
  const { receipt, balance } = texts[language];
  const left = facts([[balance, won(balanceOf(payment), language)]]);
  return page(language, receipt, `<h1>${receipt}</h1>${summary(payment, language)}${statusPart(payment, language)}${left}`);
}

function summary(payment: Payment, language: Language): string {
  const { item, order, amount } = texts[language];
  return facts([
    [item, payment.orderName],
    [order, payment.orderId],
    [amount, won(payment.totalAmount, language)],
  ]);
}

const statusPart = ({ status }: Payment, language: Language): string =>
  `<p>${texts[language].status}: <strong>${texts[language].statuses[status]}</strong> <small>${status}</small></p>`;

function form(payment: Payment, language: Language): string {
  const text = texts[language];
  const key = encodeURIComponent(payment.paymentKey);
  const methods = payment.window.method === null ? METHODS : [payment.window.method];
  const radios = methods.map(
    (method, index) =>
      `<label class="choice"><input type="radio" name="method" value="${method}"${index === 0 ? ' checked' : ''}>${text.methods[method]}</label>`,
  );
  const name = escaped(payment.window.customerName ?? '');
  const fields = [
    select(
      'CARD',
      'card',
      text.card,
      Object.entries(testCards).map(([number, card]) => [number, `${grouped(number)} · ${card[language]}`]),
    ),
    select(
      'VIRTUAL_ACCOUNT',
      'bank',
      text.bank,
      banks.filter(({ issues }) => issues).map((bank) => [bank.code, bankName(bank, language)]),
    ),
    `<label class="field for VIRTUAL_ACCOUNT">${text.payer}<input class="text" name="customerName" maxlength="100" autocomplete="name" value="${name}"></label>`,
    select(
      'TRANSFER',
      'fromBank',
      text.bank,
      banks.map((bank) => [bank.code, bankName(bank, language)]),
    ),
    select(
      'EASY_PAY',
      'provider',
      text.provider,
      easyPayProviders.map((provider) => [provider, provider]),
    ),
  ];
  const buttons = (['decline', 'cancel', 'close'] as const).map(
    (kind) => `<button name="decision" value="${kind}">${text[kind]}</button>`,
  );
  return `<form method="post" action="${key}/decision?lang=${language}"><fieldset><legend>${text.how}</legend>${radios.join('')}</fieldset>${fields.join('')}
<button class="main" name="decision" value="approve">${text.pay(won(payment.totalAmount, language))}</button>${buttons.join('')}</form>`;
}

const select = (
  method: string,
  name: string,
  label: string,
  options: readonly (readonly [value: string, shown: string])[],
): string =>
  `<label class="field for ${method}">${label}<select name="${name}">${options
    .map(([value, shown]) => `<option value="${value}">${escaped(shown)}</option>`)
    .join('')}</select></label>`;

const bankName = (bank: { ko: string; en: string }, language: Language): string => bank[language];
const grouped = (number: string): string => number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');
