import { refusalTable } from '@tiketi/shared-kernel/service/problem.js';
import type { Request, RequestHandler, Router } from 'express';
import type { Webhooks } from './webhooks.js';

export type WebhookPorts = { readonly webhooks: Pick<Webhooks, 'receive'>; readonly limitWebhooks: RequestHandler };

const MOST_BYTES = 64 * 1024;

const problemOf = refusalTable<'refused' | 'unreadable' | 'later' | 'tooLarge'>({
  refused: {
    status: 401,
    code: 'WEBHOOK_NOT_VERIFIED',
    title: { ko: '결제사가 보낸 알림으로 확인되지 않았습니다.', en: 'This is not shown to come from the payment provider.' },
  },
  unreadable: {
    status: 400,
    code: 'WEBHOOK_UNREADABLE',
    title: { ko: '알 수 없는 형식의 알림입니다.', en: 'This is none of the provider’s notices.' },
  },
  later: {
    status: 503,
    code: 'WEBHOOK_NOT_CHECKED',
    title: { ko: '지금은 확인할 수 없습니다.', en: 'This cannot be checked right now.' },
  },
  tooLarge: {
    status: 413,
    code: 'BODY_TOO_LARGE',
    title: { ko: '요청 본문이 너무 큽니다.', en: 'The request body is too large.' },
  },
});

const header = (req: Request, name: string): string | null =>
  req.get(`tosspayments-webhook-transmission-${name}`)?.slice(0, 200) ?? null;

/** Milliseconds; a time without an offset is Korean. */
const timeOf = (text: string | null): number | null => {
  if (text === null) return null;
  const at = Date.parse(/(Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}+09:00`);
  return Number.isNaN(at) ? null : at;
};

/** `POST /api/payments/webhooks/toss`: no person, no token; what it says is checked instead. 200 means taken over for good. */
export const webhookRoutes =
  ({ webhooks, limitWebhooks }: WebhookPorts) =>
  (router: Router): void => {
    router.post('/api/payments/webhooks/toss', limitWebhooks, async (req, res) => {
      if (Buffer.byteLength(JSON.stringify(req.body ?? null)) > MOST_BYTES) throw problemOf('tooLarge');
      const received = await webhooks.receive({ id: header(req, 'id'), sentAt: timeOf(header(req, 'time')), body: req.body });
      if (received !== 'taken') throw problemOf(received);
      res.status(200).json({ status: 'taken' });
    });
  };
