const SECRET_KEYS =
  /^(?:.*password.*|.*secret.*|.*token|authorization|proxy-?authorization|cookie|set-?cookie|.*api-?key|private-?key|payment-?key|email|e-?mail|phone|customer.*|card(?!amount).*|cvc|cvv|account-?number|holder.*|iban)$/i;
const REDACTED = '[redacted]';
const DEEPEST = 6;

/** A copy of `value` without what its keys name as secret or personal; past six levels nothing is shown. */
export const redactKeys = (value: unknown, depth = 0): unknown => {
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? value.toString() : value;
  if (value instanceof Date) return value.toISOString();
  if (depth > DEEPEST) return REDACTED;
  if (value instanceof Error) return describeError(value, depth);
  if (Array.isArray(value)) return value.slice(0, 100).map((item) => redactKeys(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, SECRET_KEYS.test(key) ? REDACTED : redactKeys(item, depth + 1)]),
  );
};

/** An error's name, message, code and stack; its other fields (query parameters, row values) stay out. */
export const describeError = (error: Error, depth = 0): Record<string, unknown> => ({
  type: error.name,
  message: error.message,
  ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
  stack: error.stack,
  ...(error.cause instanceof Error && depth <= DEEPEST ? { cause: describeError(error.cause, depth + 1) } : {}),
});

const luhn = (digits: string): boolean => {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
};

// Over a finished line of JSON, where a match may follow an escape such as \n but must never begin inside one. Lengths are bounded,
// so that no line makes them slow.
const JWT = /eyJ[A-Za-z0-9_-]{5,1500}\.[A-Za-z0-9_-]{0,4000}(?:\.[A-Za-z0-9_-]{0,1000}){0,3}/g;
const SCHEME = /(Bearer|Basic)\s{1,5}[A-Za-z0-9._~+/=-]{6,}/gi;
const EMAIL = /(?<!\\|\\u[0-9a-f]{0,3})[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,63}/gu;
const CARD = /(?:(?<![\w.-])|(?<=\\[nrt]))[3-6]\d{3}[ -]?\d{4,6}[ -]?\d{4,5}(?:[ -]?\d{4})?(?![\w-])/g;
const PHONE = /(?:(?<!\w)|(?<=\\[nrt]))(?:\+82[ -]?|0)1[016789][ -]?\d{3,4}[ -]?\d{4}(?!\w)/g;
const NAMES = '(?:password|secret|token|cookie|payment-?_?key|card-?_?number)';
const NAMED = new RegExp(
  String.raw`(${NAMES}(\\*")\s?:\s?\2)(?!\[redacted)[^"\\]+|(${NAMES}\s?[:=]\s?)(?!\[redacted|["\\])[^\s"\\&,;}\]]+`,
  'gi',
);
const URL_LOGIN = /(:\/\/[^\s:/@"]{0,100}:)[^\s@"\\]{1,200}@/g;

/** The last net, over a whole log line: whatever looks like a token, an address, a card or a phone number. JSON stays JSON. */
export const redactText = (line: string): string => {
  let text = line;
  if (text.includes('@')) text = text.replace(URL_LOGIN, `$1${REDACTED}@`).replace(EMAIL, REDACTED);
  if (text.includes('eyJ')) text = text.replace(JWT, REDACTED);
  return text
    .replace(SCHEME, `$1 ${REDACTED}`)
    .replace(NAMED, `$1$3${REDACTED}`)
    .replace(PHONE, REDACTED)
    .replace(CARD, (match) => (luhn(match.replace(/\D/g, '')) ? REDACTED : match));
};
