import { describe, expect, it } from '@jest/globals';
import { recordingLogger } from './testing/recording-logger.js';

const JWT = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ';
const EMAIL = 'canary.person@example.co.kr';
const CARD = '4242 4242 4242 4242';
const PHONE = '010-1234-5678';

const leaks = (text: string): readonly string[] =>
  [JWT, EMAIL, CARD, PHONE, 'hunter2', 'pk_canary'].filter((canary) => text.includes(canary));

describe('createLogger', () => {
  it('writes one JSON line with level, service, time and message', () => {
    const { logger, lines } = recordingLogger('auth');
    logger.info({ port: 1 }, 'listening');
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'info', service: 'auth', message: 'listening', port: 1, time: expect.any(String) }),
    ]);
  });

  it('lets no canary through: fields, depths, children, messages, errors', () => {
    const { logger, text, lines } = recordingLogger();
    const secrets = { password: 'hunter2', refreshToken: 'hunter2', paymentKey: 'pk_canary', cookie: ['hunter2'], email: EMAIL };
    logger.info(secrets, 'flat');
    logger.info(
      { request: { body: { items: [secrets] }, headers: { authorization: `Bearer ${JWT}`, 'set-cookie': 'hunter2' } } },
      'deep',
    );
    logger.child({ email: EMAIL, token: 'hunter2' }).info('child');
    logger.info(`mail to ${EMAIL} with ${JWT}, card ${CARD}, phone ${PHONE}`);
    logger.info({ body: JSON.stringify({ password: 'hunter2', paymentKey: 'pk_canary', cardNumber: CARD }) }, 'as text');
    const cause = Object.assign(new Error(`Key (email)=(${EMAIL}) already exists.`), { parameters: ['hunter2'], detail: PHONE });
    logger.error({ err: new Error('outer', { cause }) }, 'error');
    logger.error(cause);
    logger.warn({ url: 'postgres://tiketi:hunter2@127.0.0.1/x' }, 'url');
    expect(leaks(text())).toEqual([]);
    expect(lines()).toHaveLength(8);
  });

  it('leaves ids, times, revisions and amounts readable', () => {
    const { logger, lines } = recordingLogger();
    const fields = {
      at: 1_764_000_000_000,
      amount: 100_000,
      cardAmount: 5000,
      id: '0b0e6f0a-4242-4242-8242-424242424242',
      revision: 12n,
    };
    logger.info(fields, 'kept');
    expect(lines()[0]).toMatchObject({ ...fields, revision: '12' });
  });

  it('keeps a message with line breaks on one line', () => {
    const { logger, text } = recordingLogger();
    logger.info('first\r\n{"level":"fatal","message":"forged"}');
    expect(text().trimEnd().split('\n')).toHaveLength(1);
  });
});
