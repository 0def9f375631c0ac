/** A small stable number of a text (FNV-1a with a last stir), so that a show keeps its colours. */
const digest = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x45d9f3b);
  return (hash ^ (hash >>> 15)) >>> 0;
};

/** Pairs of hues that stay vivid when dark; yellows and olives do not. */
const HUES = [
  [285, 330],
  [22, 350],
  [215, 265],
  [345, 300],
  [170, 225],
  [38, 12],
  [255, 290],
  [150, 195],
] as const;

export type PosterDesign = { from: number; to: number; seed: number };

/** Colours for a show that brings no picture, as hues in degrees, and a `seed` for the shapes upon them. */
export const posterDesign = (id: string): PosterDesign => {
  const seed = digest(id);
  const [from, to] = HUES[seed % HUES.length] ?? HUES[0];
  return { from, to, seed: seed >>> 8 };
};
