import { existsSync } from 'node:fs';
import path from 'node:path';
import { node, root } from './steps.mjs';

const ROOMS = [
  'shared-kernel',
  'command-services',
  'projectors',
  'query-api',
  'realtime-gateway',
  'frontend',
  'cli',
  'local',
  'tests',
];

/** Types of every source and test, the client's by its own rules. */
export function typecheck() {
  const projects = ['tsconfig.json', 'frontend/tsconfig.json', 'frontend/tsconfig.node.json'].filter((file) =>
    existsSync(path.join(root, file)),
  );
  return all(projects.map((project) => () => node(['node_modules/typescript-native/bin/tsc', '-p', project])));
}

/** Format and rules (Biome), the arrows between rooms (dependency-cruiser), what nobody uses (knip; needs a build). */
export function lint() {
  const rooms = ROOMS.filter((room) => existsSync(path.join(root, room)));
  return all([
    () => node(['node_modules/@biomejs/biome/bin/biome', 'check', '.']),
    () => node(['node_modules/dependency-cruiser/bin/dependency-cruise.mjs', '--config', '.dependency-cruiser.cjs', ...rooms]),
    () => node(['node_modules/knip/bin/knip.js', '--tsConfig', 'tsconfig.build.json']),
  ]);
}

/** Every check runs, also after one that failed. */
const all = (checks) => checks.map((check) => check()).every(Boolean);
