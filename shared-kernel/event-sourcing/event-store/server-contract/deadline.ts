import { DeadlineExceededError, StreamNotFoundError } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { anEvent, collect, type ServerUnderTest, upFrom } from './server-under-test.js';

const AN_HOUR_MS = 3_600_000;

/** A batch append carries the moment by which it is wanted, in the client's time. */
export const deadlineContract = (server: () => ServerUnderTest): void => {
  describe('the deadline', () => {
    it('that has passed: the append is refused at once and not stored, those beside it are', async () => {
      const [late, inTime] = [server().stream(), server().stream()];
      const wanted = upFrom(0, 10).map((n) => server().client.appendToStream(inTime, anEvent(n)));
      const refused = server().client.appendToStream(late, anEvent(0), { deadline: -AN_HOUR_MS });
      await expect(refused).rejects.toBeInstanceOf(DeadlineExceededError);
      await Promise.all(wanted);
      await expect(collect(server().client.readStream(late))).rejects.toBeInstanceOf(StreamNotFoundError);
      expect(await collect(server().client.readStream(inTime))).toHaveLength(10);
    });
  });
};
