import { randomUUID } from 'node:crypto';
import {
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type AppendResult,
  type AppendToStreamOptions,
  EventStoreDBClient,
  jsonEvent,
  type Position,
  type ResolvedEvent,
  type StreamSubscription,
} from '@eventstore/db-client';
import { credentialsOf } from '../credentials.js';

type Resolved = ResolvedEvent | AllStreamResolvedEvent;
type ContractEvent = ReturnType<typeof anEvent>;

/** A plain event numbered `n`; the id only where a case is about ids. */
export const anEvent = (n: number, id: string = randomUUID(), type = 'ContractTried') => jsonEvent({ id, type, data: { n } });
export const someEvents = (count: number, from = 0): ContractEvent[] =>
  Array.from({ length: count }, (_, index) => anEvent(from + index));

export const collect = async <E extends Resolved>(events: AsyncIterable<E>): Promise<E[]> => {
  const all: E[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/** The `n` of an event's data; NaN where it has none. */
export const numberOf = ({ event }: Resolved): number => {
  const data: unknown = event?.data;
  return typeof data === 'object' && data !== null && 'n' in data ? Number(data.n) : Number.NaN;
};
export const numbers = async (events: AsyncIterable<Resolved>): Promise<number[]> => (await collect(events)).map(numberOf);

/** Counts from a first number up. */
export const upFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

export const placeOf = ({ position }: AppendResult): Position => {
  if (position === undefined) throw new Error('the append was answered without a position');
  return position;
};

/** How the client is made to append: its batch stream, or with credentials of the call the unary call. */
export type Way = Pick<AppendToStreamOptions, 'credentials'>;

/** A server, known only by its connection string, and the official client connected to it. */
export class ServerUnderTest {
  client: EventStoreDBClient;
  readonly unary: Way;
  readonly batch: Way = {};
  /** Begins every stream of this run, so that servers in use are not disturbed and two runs do not meet. */
  readonly prefix = `tiketi-contract-${randomUUID()}`;
  readonly #made: string[] = [];

  constructor(readonly url: string) {
    this.client = EventStoreDBClient.connectionString(url);
    this.unary = { credentials: credentialsOf(url) };
  }

  /** A name no stream has had; begins with the run's prefix. */
  stream(label = 's'): string {
    const name = `${this.prefix}-${label}-${this.#made.length}`;
    this.#made.push(name);
    return name;
  }

  /** A new stream with so many events, numbered from 0. */
  async filled(count: number, label?: string): Promise<{ stream: string; events: ContractEvent[]; result: AppendResult }> {
    const stream = this.stream(label);
    const events = someEvents(count);
    const result = await this.client.appendToStream(stream, events, { expectedRevision: 'no_stream' });
    return { stream, events, result };
  }

  /** What the server remembers of this connection is gone, and what the client does. */
  async reconnect(): Promise<void> {
    const before = this.client;
    this.client = EventStoreDBClient.connectionString(this.url);
    await disposed(before);
  }

  /** Deletes the streams of this run as far as that goes: a log forgets nothing before it is scavenged. */
  async leave(): Promise<void> {
    await Promise.all(this.#made.map((stream) => this.client.deleteStream(stream).catch(() => undefined)));
    await disposed(this.client);
  }
}

/** The client's own end never comes where a read was left in the middle after all of it had arrived. */
const disposed = async (client: EventStoreDBClient): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, DISPOSE_MS);
  });
  await Promise.race([client.dispose(), late]);
  clearTimeout(timer);
};

type Entry = 'confirmed' | 'caughtUp' | number | Error;

const DEADLINE_MS = 15_000;
const DISPOSE_MS = 2000;

/** Notes everything a subscription says, in order. Numbers stand for events. */
export const follow = (subscription: AllStreamSubscription | StreamSubscription) => {
  const entries: Entry[] = [];
  const items: Resolved[] = [];
  let wake: () => void = () => undefined;
  const note = (entry: Entry) => {
    entries.push(entry);
    wake();
  };
  subscription.on('confirmation', () => note('confirmed'));
  subscription.on('caughtUp', () => note('caughtUp'));
  subscription.on('error', (error: Error) => note(error));
  subscription.on('data', (item) => {
    items.push(item);
    note(numberOf(item));
  });
  /** Resolves when the condition holds; rejects when the time is up, saying what came instead. */
  const until = async (holds: () => boolean): Promise<void> => {
    const deadline = Date.now() + DEADLINE_MS;
    while (!holds()) {
      if (Date.now() > deadline) throw new Error(`not in time; so far: ${entries.map(String).join(', ')}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 500);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  return {
    entries,
    items,
    until,
    events: () => entries.filter((entry) => typeof entry === 'number'),
    caughtUp: () => until(() => entries.includes('caughtUp')),
  };
};
