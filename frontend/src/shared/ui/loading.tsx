/** Grey shapes for the eye, one sentence for the ear. */
export const Loading = ({ label, className, count = 1 }: { label: string; className: string; count?: number }) => (
  <>
    <p className="sr-only">{label}</p>
    {Array.from({ length: count }, (_, place) => `place-${place}`).map((key) => (
      <div key={key} aria-hidden="true" className={`motion-safe:animate-pulse rounded-2xl bg-track ${className}`} />
    ))}
  </>
);
