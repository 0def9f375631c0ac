import { afterAll, beforeAll, describe } from '@jest/globals';
import { appendingContract } from './appending.js';
import { checkpointingContract } from './checkpointing.js';
import { deadlineContract } from './deadline.js';
import { deletingContract } from './deleting.js';
import { expectedRevisionContract } from './expected-revision.js';
import { metadataContract } from './metadata.js';
import { readingContract } from './reading.js';
import { ServerUnderTest } from './server-under-test.js';
import { servingContract } from './serving.js';
import { subscribingContract } from './subscribing.js';

/**
 * What Tiketi asks of an EventStoreDB server, seen through the official client: stated from the documented behaviour of
 * EventStoreDB 24 and its source, not from what any server here happens to do. It needs a connection string alone, gives
 * every stream a new name, and touches no stream it did not make.
 */
export const serverContract = (
  name: string,
  start: () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>,
): void => {
  describe(`${name} keeps the server contract:`, () => {
    let underTest: ServerUnderTest | undefined;
    let stop: () => Promise<void> = async () => undefined;
    const server = (): ServerUnderTest => {
      if (underTest === undefined) throw new Error('the server has not been started');
      return underTest;
    };
    beforeAll(async () => {
      const started = await start();
      stop = started.stop;
      underTest = new ServerUnderTest(started.url);
    });
    afterAll(async () => {
      await underTest?.leave();
      await stop();
    });

    describe('by the batch stream,', () => {
      appendingContract(server, () => server().batch);
      deadlineContract(server);
      expectedRevisionContract(server, () => server().batch);
    });
    describe('by the unary call,', () => {
      appendingContract(server, () => server().unary);
      expectedRevisionContract(server, () => server().unary);
    });
    deletingContract(server);
    metadataContract(server);
    readingContract(server);
    subscribingContract(server);
    checkpointingContract(server);
    servingContract(server);
  });
};
