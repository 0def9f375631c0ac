import type { ReactNode } from 'react';

type Props = { level?: 'h1' | 'h2'; title: string; hint?: string; children?: ReactNode };

/** Stands where content would be: what is the matter, and what can be done. */
export const Message = ({ level: Heading = 'h2', title, hint, children }: Props) => (
  <div className="flex flex-col items-center gap-3 rounded-2xl border border-line border-dashed px-6 py-14 text-center">
    <Heading className="font-bold text-xl">{title}</Heading>
    {hint !== undefined && <p className="max-w-md text-muted">{hint}</p>}
    {children}
  </div>
);
