import type { ShowSummary } from '@tiketi/shared-kernel/contracts/http/shows.js';
import type { ReactNode } from 'react';
import { Motif } from './motif.js';
import { posterDesign } from './poster-design.js';

type Props = { show: Pick<ShowSummary, 'id' | 'category' | 'posterImageUrl'>; className: string; children: ReactNode };

/** The show's picture, or colours of its own where it has none; what is written on it stays legible on both. */
export const Poster = ({ show, className, children }: Props) => {
  const { from, to, seed } = posterDesign(show.id);
  const colours = `linear-gradient(150deg, oklch(0.52 0.18 ${from}), oklch(0.3 0.12 ${to}))`;
  return (
    <div
      className={`relative isolate flex flex-col overflow-hidden text-white ${className}`}
      style={{ backgroundImage: colours }}
    >
      <div className="absolute inset-0 -z-10">
        {show.posterImageUrl === null ? (
          <Motif category={show.category} seed={seed} />
        ) : (
          <img src={show.posterImageUrl} alt="" loading="lazy" className="size-full object-cover" />
        )}
        <div className="absolute inset-0 bg-linear-to-t from-black/65 via-black/15 to-black/10" />
      </div>
      {children}
    </div>
  );
};
