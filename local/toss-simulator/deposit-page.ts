import { bankOf } from './banks.js';
import { texts } from './checkout-texts.js';
import type { Language } from './errors.js';
import { koreanTime } from './korean-time.js';
import { escaped, facts, page, won } from './page.js';
import type { Payment } from './payment.js';
import type { DepositRefusal } from './virtual-account.js';

/** On the page of a payment by virtual account: the account, and the buttons the provider's console has for test deposits. */
export function depositPart(payment: Payment, language: Language, now: number): string {
  if (!('account' in payment) || payment.account === null) return '';
  const text = texts[language];
  const { accountNumber, bankCode, dueAt, customerName } = payment.account;
  const account = facts([
    [text.account, `${bankOf(bankCode)?.[language] ?? bankCode} ${accountNumber}`],
    [text.payer, customerName],
    [text.due, koreanTime(dueAt).slice(0, 16).replace('T', ' ')],
  ]);
  const button = (decision: string, label: string) =>
    `<form method="post" action="${encodeURIComponent(payment.paymentKey)}/deposit?lang=${language}"><button class="main" name="decision" value="${decision}">${label}</button></form>`;
  if (payment.status === 'DONE') return account + button('error', text.depositError);
  if (payment.status !== 'WAITING_FOR_DEPOSIT') return account;
  if (now > dueAt) return `${account}<p>${text.pastDue}</p>`;
  return `${account}<p>${text.accountHint}</p>${button('deposit', text.deposit)}`;
}

/** A bank counter: whoever knows an account number can pay into it. */
export function bankPage(language: Language, asked: string, outcome: Payment | DepositRefusal | undefined): string {
  const text = texts[language];
  const other = language === 'ko' ? 'en' : 'ko';
  const said =
    outcome === undefined
      ? ''
      : `<p role="status"><strong>${typeof outcome === 'string' ? text.refusals[outcome] : `${text.deposited} ${won(outcome.totalAmount, language)}`}</strong></p>`;
  return page(
    language,
    text.bankTitle,
    `<a class="language" lang="${other}" href="?lang=${other}">${text.other}</a><h1>${text.bankTitle}</h1>${said}<form method="post" action="?lang=${language}">
<label class="field">${text.account}<input class="text" name="accountNumber" required maxlength="20" autocomplete="off" value="${escaped(asked)}"></label>
<label class="field">${text.amount}<input class="text" name="amount" required inputmode="numeric" pattern="[0-9]+"></label>
<button class="main">${text.deposit}</button></form>`,
  );
}
