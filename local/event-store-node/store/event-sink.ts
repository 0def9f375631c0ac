/** Where a read or a subscription puts its answers. */
export interface EventSink {
  /** Queues one framed message. */
  send(frame: Buffer): void;
  /** Passes queued messages on to the transport. */
  flush(): void;
  /** True when the transport asks for a pause: await `drained` before sending more. */
  readonly full: boolean;
  drained(): Promise<void>;
  /** True once nobody listens any more. */
  readonly closed: boolean;
  /** Calls back when the listener has gone. */
  onClosed(wake: () => void): void;
}
