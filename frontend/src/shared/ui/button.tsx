import type { ReactNode } from 'react';

type Props = { onClick: () => void; disabled?: boolean; children: ReactNode };

export const Button = ({ onClick, disabled = false, children }: Props) => (
  <button
    type="button"
    onClick={onClick}
    disabled={disabled}
    className="min-h-11 cursor-pointer rounded-full bg-ink px-6 font-semibold text-paper hover:opacity-85 disabled:cursor-default disabled:opacity-50"
  >
    {children}
  </button>
);
