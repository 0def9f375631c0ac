/** The path of a request as a log may show it: without its query, and without the payment key some paths carry. */
export const loggedPath = (url: string): string =>
  (url.split('?', 1)[0] ?? '').replace(/^(\/api\/payments\/)[^/]+(\/cancel\/?)$/i, '$1…$2');
