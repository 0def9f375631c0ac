import { describe, expect, it } from '@jest/globals';
import { recordData, recordStream } from '../log/record.js';
import { until } from '../testing/direct-store.js';
import { FaultyDisk } from '../testing/faulty-disk.js';
import { AllCursor } from './all-cursor.js';
import { openEventStore } from './event-store.js';

const OPTIONS = { segmentSize: 8192, tailBytes: 256 * 1024 };

const systemEvents = async (disk: FaultyDisk): Promise<string[]> => {
  const { log } = await openEventStore(disk, OPTIONS);
  const cursor = new AllCursor(log, 0);
  const found: string[] = [];
  for (;;) {
    if (!cursor.advance()) {
      if (await cursor.load()) continue;
      return found;
    }
    const stream = recordStream(cursor.buffer, cursor.at);
    found.push(stream === '$users' ? `${stream} ${recordData(cursor.buffer, cursor.at)}` : stream);
  }
};

describe('a very first start that is cut short', () => {
  it.each(['crash', 'kill'] as const)(
    'ends up with the system events once and all of them, at whichever sync the %s comes',
    async (end) => {
      for (let syncs = 0; syncs < 5; syncs += 1) {
        const disk = new FaultyDisk();
        let left = syncs;
        const open = disk.open.bind(disk);
        const counted = async (file: Awaited<ReturnType<FaultyDisk['open']>>) => ({
          ...file,
          sync: () => {
            if (left === 0) disk.held = true;
            left -= 1;
            return file.sync();
          },
        });
        const create = disk.create.bind(disk);
        disk.open = async (name) => counted(await open(name));
        disk.create = async (name) => counted(await create(name));
        let opened = false;
        void openEventStore(disk, OPTIONS).then(() => {
          opened = true;
        });
        await until(() => opened || disk.writesUnderWay > 0);
        const next = end === 'crash' ? disk.crash(() => false) : disk.kill();
        expect((await systemEvents(next)).sort()).toEqual(['$epoch-information', '$users "admin"', '$users "ops"']);
        expect((await systemEvents(next)).length).toBe(3);
      }
    },
  );
});
