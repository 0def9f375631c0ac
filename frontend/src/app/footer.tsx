import { SIMULATED_PAYMENT } from '@tiketi/shared-kernel/contracts/http/deployment.js';
import { useTranslation } from 'react-i18next';
import { useDeployment } from './use-deployment.js';

export const Footer = () => {
  const { t } = useTranslation();
  const simulated = useDeployment().data?.simulated.includes(SIMULATED_PAYMENT) === true;
  return (
    <footer className="border-line border-t">
      <div className="mx-auto flex max-w-6xl flex-col gap-1.5 px-4 py-6 text-muted text-sm sm:px-6">
        {simulated && <p className="font-medium text-ink">{t('footer.simulated')}</p>}
        <p>{t('footer.times')}</p>
      </div>
    </footer>
  );
};
