import { useTranslation } from 'react-i18next';
import { formatCount } from '../../shared/format/amounts.js';
import type { SectionTally } from './tallies.js';

/** What the picture shows, for those who cannot see it and for those who want the figures. */
export const SectionTable = ({ sections }: { sections: readonly SectionTally[] }) => {
  const { t } = useTranslation();
  return (
    <details className="rounded-xl border border-line bg-card">
      <summary className="cursor-pointer rounded-xl px-4 py-3 font-semibold">{t('seatMap.sections')}</summary>
      <div className="max-h-96 overflow-y-auto px-4 pb-4">
        <table className="w-full text-sm">
          <thead>
            <tr className="border-line border-b text-muted">
              <th scope="col" className="py-2 text-left font-medium">
                {t('seatMap.section')}
              </th>
              <th scope="col" className="py-2 text-left font-medium">
                {t('seatMap.grade')}
              </th>
              <th scope="col" className="py-2 text-right font-medium">
                {t('seatMap.left')}
              </th>
            </tr>
          </thead>
          <tbody className="tabular-nums">
            {sections.map(({ section, grade, available, total }) => (
              <tr key={section} className="border-line border-b last:border-0">
                <th scope="row" className="py-2 text-left font-semibold">
                  {section}
                </th>
                <td className="py-2">{grade}</td>
                <td className="py-2 text-right">
                  {formatCount(available)}
                  <span className="text-muted"> / {formatCount(total)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
};
