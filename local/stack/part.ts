import type { ChildProcess } from 'node:child_process';
import type { StackHome } from './home.js';
import type { Secrets } from './secrets.js';
import type { StackSettings } from './settings.js';

/** What every part of a stack may know when it is started. */
export type StackContext = {
  home: StackHome;
  settings: StackSettings;
  secrets: Secrets;
  /** The port this stack chose for a part. */
  port(part: string): number;
  /** The address by which others reach a part. */
  url(part: string): string;
};

/** `real`: what production runs. `simulated`: a stand-in made for local use. `given`: a server of somebody else's, reached by URL. */
export type Nature = 'real' | 'simulated' | 'given';

/** One row of the stack: a process that is started, watched and stopped, or a server that was given and is only checked. */
export type PartPlan = {
  name: string;
  nature: Nature;
  /** Parts that must be ready before it starts; it stops before they do. */
  after: readonly string[];
  /** For the person at the screen. */
  label: string;
  address(context: StackContext): string;
  /** Files without which it cannot start. */
  files?: readonly string[];
  /** Looks ahead for what would keep it from starting (throws a message for people). */
  check?(context: StackContext, say: (line: string) => void): Promise<void>;
  /** Starts it, hands over its process as soon as there is one, and resolves when it is ready; throws when it will not be. */
  start(context: StackContext, onSpawn: (child: ChildProcess) => void): Promise<void>;
  /** What asks it to end; default SIGTERM. */
  stopSignal?: NodeJS.Signals;
};
