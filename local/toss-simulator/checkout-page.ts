import { testCards } from './cards.js';
import { balanceOf, type Payment } from './payment.js';

/** The page where a person plays the buyer. Its links are relative to its own address. */
export function checkoutPage(payment: Payment): string {
  const key = encodeURIComponent(payment.paymentKey);
  const cards = Object.entries(testCards).map(
    ([number, card]) => `<option value="${number}">${grouped(number)} · ${escaped(card.ko)} / ${escaped(card.en)}</option>`,
  );
  const form = `<form method="post" action="${key}/decision">
<label>카드 / Card<select name="card">${cards.join('')}</select></label>
<button class="main" name="decision" value="approve">결제하기 / Pay</button>
<button name="decision" value="decline">카드사 거절 / Decline</button>
<button name="decision" value="cancel">취소 / Cancel</button>
<button name="decision" value="close">창 닫기 / Close the window</button></form>`;
  return page('결제 / Payment', payment, payment.status === 'READY' ? form : `<p>${status(payment)}</p>`);
}

/** What is left when the buyer leaves without being sent anywhere. */
export const closedPage = (payment: Payment): string =>
  page('창이 닫혔습니다 / Window closed', payment, '<p>아무것도 청구되지 않았습니다. / Nothing was charged.</p>');

export const receiptPage = (payment: Payment): string =>
  page('매출전표 / Receipt', payment, `<p>${status(payment)}</p><p>잔액 / Balance: ${won(balanceOf(payment))}</p>`);

const status = (payment: Payment): string => `상태 / Status: <strong>${escaped(payment.status)}</strong>`;

const page = (title: string, payment: Payment, content: string): string => `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><style>
body{margin:0;font:16px/1.5 system-ui,sans-serif;background:#eef0f3;color:#1b1f26}
main{max-width:26rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:12px}
.notice{background:#8a1c1c;color:#fff;padding:.75rem 1rem;text-align:center;font-weight:600}
dl{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem}dt{color:#5a6270}dd{margin:0;text-align:right}
label,select,button{display:block;width:100%;box-sizing:border-box;font:inherit}
select,button{margin-top:.5rem;padding:.7rem;border:1px solid #c3c8d0;border-radius:8px;background:#fff}
button{cursor:pointer}.main{background:#1657c2;border-color:#1657c2;color:#fff;font-weight:600}
</style></head><body><div class="notice" role="note">시뮬레이터입니다. 실제 돈이 움직이지 않습니다.<br>This is a simulator. No real money moves.</div>
<main><h1>${title}</h1><dl><dt>상품 / Item</dt><dd>${escaped(payment.orderName)}</dd>
<dt>주문 번호 / Order</dt><dd>${escaped(payment.orderId)}</dd>
<dt>금액 / Amount</dt><dd>${won(payment.totalAmount)}</dd></dl>${content}</main></body></html>`;

const won = (amount: number): string => `${amount.toLocaleString('ko-KR')}원`;
const grouped = (number: string): string => number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
