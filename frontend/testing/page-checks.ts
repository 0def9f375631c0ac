import type { Page } from 'playwright-core';

/** What a page offers to those who do not see it: faults as sentences, none when all is well. */
export const accessibilityFaults = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const faults: string[] = [];
    const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
    const nameOf = (element: Element): string => {
      const by = element.getAttribute('aria-labelledby')?.split(' ') ?? [];
      const labels = element instanceof HTMLInputElement ? [...(element.labels ?? [])] : [];
      const texts = [...by.map((id) => document.getElementById(id)), ...labels, element].map(
        (source) => source?.textContent ?? '',
      );
      return [element.getAttribute('aria-label') ?? '', ...texts].join(' ').trim();
    };
    if (document.documentElement.lang === '') faults.push('the page has no language');
    if (document.title === '') faults.push('the page has no title');
    for (const landmark of ['header', 'main', 'footer']) if (all(landmark).length !== 1) faults.push(`not one <${landmark}>`);
    const levels = all('h1, h2, h3, h4, h5, h6').map((heading) => Number(heading.tagName.slice(1)));
    if (levels.filter((level) => level === 1).length !== 1) faults.push(`not one <h1>: ${levels.join(', ')}`);
    if (levels.some((level, index) => level > (levels[index - 1] ?? 0) + 1))
      faults.push(`headings skip a level: ${levels.join(', ')}`);
    for (const control of all('a[href], button, input, meter, summary, [role=img]')) {
      if (nameOf(control) === '') faults.push(`without a name: ${control.outerHTML.slice(0, 120)}`);
    }
    for (const image of all('img:not([alt])')) faults.push(`no alt: ${image.outerHTML.slice(0, 120)}`);
    for (const group of all('fieldset')) if (group.querySelector('legend') === null) faults.push('a fieldset without a legend');
    for (const table of all('table')) if (table.querySelector('th[scope]') === null) faults.push('a table without headers');
    const ids = all('[id]').map(({ id }) => id);
    for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) faults.push(`id twice: ${id}`);
    for (const control of all('a[href], button, summary, label')) {
      const { width, height } = control.getBoundingClientRect();
      const hidden = control.classList.contains('sr-only');
      if (!hidden && (width < 24 || height < 24)) faults.push(`smaller than 24 px: ${control.textContent} ${width}x${height}`);
    }
    return faults;
  });

/** How many CSS pixels the page is wider than its window; 0 when nothing scrolls sideways. */
export const sidewaysOverflow = (page: Page): Promise<number> =>
  page.evaluate(() => Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth));
