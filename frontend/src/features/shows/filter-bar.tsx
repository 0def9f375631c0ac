import { ShowCategory } from '@tiketi/shared-kernel/contracts/events/show.js';
import { ShowStatus } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useTranslation } from 'react-i18next';
import { ChoiceRow } from './choice-row.js';
import { ALL, type ShowFilters } from './filters.js';

type Props = { filters: ShowFilters; onChange: (filters: ShowFilters) => void };

export const FilterBar = ({ filters, onChange }: Props) => {
  const { t } = useTranslation();
  const all = { value: ALL, label: t('filter.all') } as const;
  return (
    <search aria-label={t('filter.label')} className="grid gap-3">
      <ChoiceRow
        name="category"
        legend={t('filter.category')}
        value={filters.category}
        choices={[all, ...ShowCategory.options.map((value) => ({ value, label: t(`category.${value}`) }))]}
        onChange={(category) => onChange({ ...filters, category })}
      />
      <ChoiceRow
        name="status"
        legend={t('filter.status')}
        value={filters.status}
        choices={[all, ...ShowStatus.options.map((value) => ({ value, label: t(`status.${value}`) }))]}
        onChange={(status) => onChange({ ...filters, status })}
      />
    </search>
  );
};
