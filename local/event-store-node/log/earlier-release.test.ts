import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { openEventStore } from '../store/event-store.js';
import { append, everything, proposed, readIds } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';

const id = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

describe('a store written by release 0.1.0, which kept no index checkpoint', () => {
  it('opens with everything it held, and goes on', async () => {
    const disk = new FaultyDisk();
    disk.files.set('0000000000000000.log', await readFile(new URL('../testing/fixtures/store-of-0.1.0.bin', import.meta.url)));
    for (const opening of ['without a checkpoint', 'with one']) {
      const store = await openEventStore(disk);
      expect(store.log.unread > 0).toBe(opening === 'with one');
      expect((await everything(store)).map((each) => each.id)).toEqual(
        expect.arrayContaining([1, 2, 3, 4, 5, 7, 8, 9, 10].map(id)),
      );
      const read = async (stream: string) => (await readIds(store, stream)).ids.slice(0, 2);
      expect(await read('plain')).toEqual([id(1), id(2)]);
      expect(await read('described')).toEqual([id(4), id(5)]);
      expect(await read('back')).toEqual([id(9)]);
      expect(['deleted', 'gone', 'back'].map((stream) => store.reader.state(stream))).toEqual([
        'missing',
        'tombstoned',
        'readable',
      ]);
      await append(store, 'plain', [proposed()]);
      await store.close();
    }
  });
});
