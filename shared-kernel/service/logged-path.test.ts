import { describe, expect, it } from '@jest/globals';
import { loggedPath } from './logged-path.js';

describe('a path in a log', () => {
  it.each([
    ['/api/events?title=x', '/api/events'],
    ['/api/payments/tviva20260101abc/cancel', '/api/payments/…/cancel'],
    ['/API/payments/a%2Fb/cancel/?x=1', '/API/payments/…/cancel/'],
    ['/api/payments/order/ord_123456', '/api/payments/order/ord_123456'],
    ['', ''],
  ])('%s is shown as %s', (url, shown) => expect(loggedPath(url)).toBe(shown));
});
