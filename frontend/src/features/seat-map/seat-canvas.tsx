import type { SeatMap } from '@tiketi/shared-kernel/contracts/http/shows.js';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatCount } from '../../shared/format/amounts.js';
import { arrange } from './arrange.js';
import { drawPlan } from './draw-plan.js';
import type { SeatsNow } from './seats-now.js';
import { useBox } from './use-box.js';
import { useDarkness } from './use-darkness.js';

/** What the seats look at. */
export type Front = 'stage' | 'field';

type Props = { map: SeatMap; front: Front; seats: SeatsNow; colours: ReadonlyMap<string, string> };

const PHONE = 480;
const STAGE = 34;
const NAME = 18;
/** A small hall would otherwise fill the page with seats as large as coins. */
const LARGEST_PITCH = 20;

export const SeatCanvas = ({ map, front, seats, colours }: Props) => {
  const { t } = useTranslation();
  const [box, width] = useBox();
  const canvas = useRef<HTMLCanvasElement>(null);
  const dark = useDarkness();
  const aspect = width > PHONE ? 1.7 : 0.95;
  const plan = useMemo(() => arrange(map.sections, aspect), [map, aspect]);
  const pitch = Math.min(LARGEST_PITCH, width / plan.width);
  const height = Math.ceil(plan.height * pitch) + plan.rows * NAME + STAGE;
  const stage = t(`seatMap.${front}`);

  // biome-ignore lint/correctness/useExhaustiveDependencies: `dark` changes the colours that are read from the style sheet
  useEffect(() => {
    if (canvas.current === null || width === 0) return;
    drawPlan(canvas.current, {
      plan,
      states: seats.states,
      colours,
      width,
      height,
      pitch,
      stageHeight: STAGE,
      nameHeight: NAME,
      stage,
    });
  }, [plan, seats, colours, width, height, pitch, stage, dark]);

  const label = t('seatMap.picture', {
    available: formatCount(seats.available),
    total: formatCount(seats.totalSeats),
    held: formatCount(seats.held),
    sold: formatCount(seats.sold),
  });
  return (
    <div ref={box} className="w-full">
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        data-version={seats.version}
        className="block w-full"
        style={{ height }}
      />
    </div>
  );
};
