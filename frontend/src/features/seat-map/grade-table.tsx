import { useTranslation } from 'react-i18next';
import { formatCount, formatWon } from '../../shared/format/amounts.js';
import { useLanguage } from '../../shared/i18n/use-language.js';
import type { GradeTally } from './tallies.js';

export const GradeTable = ({ grades, colours }: { grades: readonly GradeTally[]; colours: ReadonlyMap<string, string> }) => {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <table className="w-full text-sm">
      <caption className="pb-2 text-left font-semibold text-base">{t('seatMap.grades')}</caption>
      <thead>
        <tr className="border-line border-b text-muted">
          <th scope="col" className="py-2 text-left font-medium">
            {t('seatMap.grade')}
          </th>
          <th scope="col" className="py-2 text-right font-medium">
            {t('seatMap.price')}
          </th>
          <th scope="col" className="py-2 text-right font-medium">
            {t('seatMap.left')}
          </th>
        </tr>
      </thead>
      <tbody className="tabular-nums">
        {grades.map(({ grade, price, available, total }) => (
          <tr key={grade} className="border-line border-b">
            <th scope="row" className="py-2.5 text-left font-semibold">
              <span
                aria-hidden="true"
                className="mr-2 inline-block size-3 rounded-sm"
                style={{ background: `var(${colours.get(grade) ?? '--grade-1'})` }}
              />
              {grade}
            </th>
            <td className="py-2.5 text-right">{formatWon(price, language)}</td>
            <td className="py-2.5 text-right">
              <strong className="font-semibold">{formatCount(available)}</strong>
              <span className="text-muted"> / {formatCount(total)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
};
