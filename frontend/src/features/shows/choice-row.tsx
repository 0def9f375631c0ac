type Props<T extends string> = {
  name: string;
  legend: string;
  value: T;
  choices: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
};

/** One of a few: radio buttons that look like chips, so that arrow keys and screen readers know them. */
export const ChoiceRow = <T extends string>({ name, legend, value, choices, onChange }: Props<T>) => (
  <fieldset className="flex min-w-0 flex-wrap items-center gap-x-2 gap-y-2">
    <legend className="float-left mr-2 w-20 font-semibold text-muted text-sm max-sm:w-full">{legend}</legend>
    {choices.map((choice) => (
      <label
        key={choice.value}
        className="inline-flex min-h-9 cursor-pointer items-center rounded-full border border-line bg-card px-3.5 text-sm hover:border-edge has-checked:border-ink has-checked:bg-ink has-checked:font-semibold has-checked:text-paper has-focus-visible:outline-3 has-focus-visible:outline-brand has-focus-visible:outline-offset-2"
      >
        <input
          type="radio"
          name={name}
          value={choice.value}
          checked={choice.value === value}
          onChange={() => onChange(choice.value)}
          className="sr-only"
        />
        {choice.label}
      </label>
    ))}
  </fieldset>
);
