export type EventStoreHost = { readonly host: string; readonly port: number };
export function eventStoreHosts(url: string): EventStoreHost[] | undefined;
export function whyUnreachable(hosts: readonly EventStoreHost[], patience?: number): Promise<string | undefined>;
