import type { Block, Plan } from './arrange.js';
import { AVAILABLE, BLOCKED, HELD, SOLD } from './seat-states.js';

export type Drawing = {
  plan: Plan;
  states: Uint8Array;
  /** CSS variable by grade. */
  colours: ReadonlyMap<string, string>;
  width: number;
  height: number;
  /** CSS pixels from one seat to the next. */
  pitch: number;
  stageHeight: number;
  nameHeight: number;
  stage: string;
};

type Paint = { context: CanvasRenderingContext2D; of: (variable: string) => string; font: string };

const FILLED = 0.78;
/** Seats smaller than this get no round corners: they would only blur. */
const ROUND_FROM = 5;

const drawStage = ({ context, of, font }: Paint, { width, stageHeight, stage }: Drawing): void => {
  const wide = Math.min(320, width * 0.6);
  context.fillStyle = of('--track');
  context.beginPath();
  context.roundRect((width - wide) / 2, 0, wide, stageHeight - 12, [4, 4, 14, 14]);
  context.fill();
  context.fillStyle = of('--muted');
  context.font = `600 11px ${font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(stage, width / 2, (stageHeight - 12) / 2);
};

const topOf = ({ row, y }: Block, { pitch, nameHeight }: Drawing): number => y * pitch + (row + 1) * nameHeight;

const drawName = ({ context, of, font }: Paint, block: Block, drawing: Drawing): void => {
  const { section, x } = block;
  const { pitch } = drawing;
  context.fillStyle = of('--muted');
  context.font = `600 ${pitch < 4 ? 10 : 12}px ${font}`;
  context.textAlign = 'center';
  context.textBaseline = 'alphabetic';
  const wide = section.seatsPerRow * pitch;
  context.fillText(section.section, x * pitch + wide / 2, topOf(block, drawing) - 4, wide);
};

const drawSeats = ({ context, of }: Paint, block: Block, drawing: Drawing): void => {
  const { section, x } = block;
  const { states, colours, pitch } = drawing;
  const first = topOf(block, drawing);
  const size = pitch * FILLED;
  const fills = new Map([
    [AVAILABLE, of(colours.get(section.grade) ?? '--grade-1')],
    [HELD, of('--seat-held')],
    [SOLD, of('--seat-sold')],
    [BLOCKED, of('--seat-blocked')],
  ]);
  for (const [state, fill] of fills) {
    context.fillStyle = fill;
    context.beginPath();
    for (let seat = 0; seat < section.rows * section.seatsPerRow; seat += 1) {
      if (states[section.firstIndex + seat] !== state) continue;
      const left = (x + (seat % section.seatsPerRow)) * pitch;
      const top = first + Math.floor(seat / section.seatsPerRow) * pitch;
      if (pitch >= ROUND_FROM) context.roundRect(left, top, size, size, size * 0.28);
      else context.rect(left, top, size, size);
    }
    context.fill();
  }
};

/** Draws stage, section names and every seat, sharp on dense screens. */
export const drawPlan = (canvas: HTMLCanvasElement, drawing: Drawing): void => {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { plan, width, height, pitch, stageHeight } = drawing;
  const density = devicePixelRatio;
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const style = getComputedStyle(canvas);
  const paint: Paint = { context, of: (variable) => style.getPropertyValue(variable), font: style.fontFamily };
  context.scale(density, density);
  drawStage(paint, drawing);
  context.translate((width - plan.width * pitch) / 2, stageHeight);
  for (const block of plan.blocks) {
    drawName(paint, block, drawing);
    drawSeats(paint, block, drawing);
  }
};
