import { type AllStreamSubscription, type Position, streamNameFilter } from '@eventstore/db-client';
import { describe, expect, it } from '@jest/globals';
import { anEvent, collect, follow, numberOf, placeOf, type ServerUnderTest, upFrom } from './server-under-test.js';

type Checkpoint = { readonly place: Position; readonly seen: number };

/** What a filtered subscription to all streams tells of its progress. */
export const checkpointingContract = (server: () => ServerUnderTest): void => {
  const filterOf = (label: string, more: object = {}) => streamNameFilter({ prefixes: [`${server().prefix}-${label}`], ...more });

  /** For each place how many events lie behind the start and not behind it: those the server has considered. */
  const consideredUpTo = async (start: Position, places: readonly Position[]): Promise<number[]> => {
    const commits: bigint[] = [];
    for (const { event } of await collect(server().client.readAll({ fromPosition: start }))) {
      const commit = event?.position?.commit ?? -1n;
      if (commit > start.commit) commits.push(commit);
    }
    return places.map((place) => commits.filter((commit) => commit <= place.commit).length);
  };

  /**
   * A checkpoint is due once a window times the interval of events have been considered since the last; it is told
   * at the end of a window and may name any place in that window. So the n-th lies behind n intervals but for one window.
   */
  const expectSpaced = (considered: readonly number[], interval: number, window: number) => {
    const tooSoon = considered.flatMap((count, index) => (count < (index + 1) * interval - window ? [{ index, count }] : []));
    expect({ considered, tooSoon }).toEqual({ considered, tooSoon: [] });
  };

  const expectGrowing = (places: readonly Position[]) => {
    const commits = places.map(({ commit }) => commit);
    expect(commits).toEqual([...commits].sort((a, b) => (a < b ? -1 : 1)));
  };

  describe('a filtered subscription to all streams', () => {
    it('tells its progress at its intervals and no oftener, and every checkpoint is a place to resume from', async () => {
      const start = placeOf((await server().filled(1, 'before')).result);
      for (const n of upFrom(0, 10)) {
        await server().filled(9, 'skipped');
        await server().client.appendToStream(`${server().prefix}-kept-${n % 2}`, [anEvent(n)]);
      }
      const checkpoints: Checkpoint[] = [];
      const seen: number[] = [];
      const checkpointReached = async (_: AllStreamSubscription, place: Position) => {
        checkpoints.push({ place, seen: seen.length });
      };
      const filter = filterOf('kept', { maxSearchWindow: 10, checkpointInterval: 2, checkpointReached });
      for await (const item of server().client.subscribeToAll({ fromPosition: start, filter })) {
        seen.push(numberOf(item));
        if (seen.length === 10) break;
      }
      expect(seen).toEqual(upFrom(0, 10));
      const places = checkpoints.map(({ place }) => place);
      // 100 events in 20s; others writing meanwhile can only add to them
      expect(places.length).toBeGreaterThanOrEqual(4);
      expectGrowing(places);
      // the last may be the one that comes with having caught up, whatever has been considered since
      expectSpaced(await consideredUpTo(start, places.slice(0, -1)), 20, 10);
      for (const { place, seen: before } of checkpoints) {
        const resumed = server().client.subscribeToAll({ fromPosition: place, filter: filterOf('kept') });
        const followed = follow(resumed);
        await followed.caughtUp();
        // the reader may lag behind what was sent, so the checkpoint stands behind at least what had been read
        const rest = followed.events();
        expect(rest).toEqual(upFrom(10 - rest.length, rest.length));
        expect(10 - rest.length).toBeGreaterThanOrEqual(before);
        await resumed.unsubscribe();
      }
    });

    it('tells its progress live, too, where nothing gets through the filter', async () => {
      const places: Position[] = [];
      const checkpointReached = async (_: AllStreamSubscription, place: Position) => {
        places.push(place);
      };
      const filter = filterOf('absent', { maxSearchWindow: 5, checkpointInterval: 2, checkpointReached });
      const subscription = server().client.subscribeToAll({ fromPosition: 'end', filter });
      const followed = follow(subscription);
      await followed.caughtUp();
      const start = placeOf((await server().filled(1, 'skipped')).result);
      for (const _ of upFrom(0, 6)) await server().filled(10, 'skipped');
      const live = () => places.filter(({ commit }) => commit > start.commit);
      await followed.until(() => live().length >= 5);
      expect(followed.events()).toEqual([]);
      expectGrowing(live());
      // before the start it may have been all but due
      expectSpaced(await consideredUpTo(start, live()), 10, 10);
      await subscription.unsubscribe();
    });
  });
};
