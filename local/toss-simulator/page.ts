import type { Language } from './errors.js';

const STYLE = `
body{margin:0;font:16px/1.5 system-ui,"Noto Sans KR",sans-serif;background:#eef0f3;color:#1b1f26}
main{max-width:27rem;margin:1.5rem auto;padding:1.5rem;background:#fff;border-radius:12px;box-shadow:0 1px 3px #0002}
h1{margin:0 0 1rem;font-size:1.4rem}
.notice{background:#8a1c1c;color:#fff;padding:.75rem 1rem;text-align:center;font-weight:600}
.language{float:right;padding:.25rem 0;color:#1657c2}
dl{display:grid;grid-template-columns:auto 1fr;gap:.35rem 1rem;margin:0 0 1rem}dt{color:#5a6270}dd{margin:0;text-align:right;overflow-wrap:anywhere}
.strong{font-weight:700;font-size:1.1rem}
fieldset{display:grid;grid-template-columns:1fr 1fr;gap:.5rem;margin:0 0 1rem;padding:0;border:0}legend{padding:0 0 .5rem;color:#5a6270}
.choice{display:flex;gap:.5rem;align-items:center;min-height:2.75rem;padding:0 .75rem;border:1px solid #c3c8d0;border-radius:8px;cursor:pointer}
.choice:has(:checked){border-color:#1657c2;background:#eef4ff}
.field{display:block;margin-bottom:.75rem;color:#5a6270}
select,.text,button{display:block;width:100%;min-height:2.75rem;box-sizing:border-box;margin-top:.35rem;padding:.5rem .75rem;border:1px solid #c3c8d0;border-radius:8px;background:#fff;color:#1b1f26;font:inherit}
button{cursor:pointer}.main{background:#1657c2;border-color:#1657c2;color:#fff;font-weight:600}
:focus-visible{outline:3px solid #1657c255;outline-offset:1px}
.for{display:none}
form:has([value=CARD]:checked) .CARD,form:has([value=VIRTUAL_ACCOUNT]:checked) .VIRTUAL_ACCOUNT,form:has([value=TRANSFER]:checked) .TRANSFER,form:has([value=EASY_PAY]:checked) .EASY_PAY{display:block}
@media (max-width:30rem){main{margin:0;border-radius:0;box-shadow:none}body{background:#fff}}`;

/** A whole page, marked as simulated in both languages. Everything interpolated into `content` must be escaped already. */
export const page = (language: Language, title: string, content: string): string => `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head>
<body><div class="notice" role="note">시뮬레이터입니다. 실제 돈이 움직이지 않습니다.<br>This is a simulator. No real money moves.</div>
<main>${content}</main></body></html>`;

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);

export const won = (amount: number, language: Language): string =>
  language === 'ko' ? `${amount.toLocaleString('ko-KR')}원` : `₩${amount.toLocaleString('en-US')}`;

/** A definition list; values are escaped here. */
export const facts = (rows: readonly (readonly [name: string, value: string])[]): string =>
  `<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>`;
