import { describe, expect, it } from '@jest/globals';
import { isFiltered, listPath, readFilters, writeFilters } from './filters.js';

describe('filters', () => {
  it('are read from the address', () => {
    expect(readFilters(new URLSearchParams('category=musical&status=on_sale'))).toEqual({
      category: 'musical',
      status: 'on_sale',
    });
  });

  it('are off where the address names none, or none that exists', () => {
    expect(readFilters(new URLSearchParams('category=opera&status='))).toEqual({ category: 'all', status: 'all' });
    expect(isFiltered(readFilters(new URLSearchParams()))).toBe(false);
  });

  it('come back from the address they wrote', () => {
    const filters = { category: 'sports', status: 'all' } as const;
    expect(writeFilters(filters).toString()).toBe('category=sports');
    expect(readFilters(writeFilters(filters))).toEqual(filters);
    expect(isFiltered(filters)).toBe(true);
  });

  it('make the path of a page of the list', () => {
    expect(listPath({ category: 'all', status: 'all' }, null)).toBe('/api/events');
    expect(listPath({ category: 'concert', status: 'upcoming' }, 'a b')).toBe(
      '/api/events?category=concert&status=upcoming&cursor=a+b',
    );
  });
});
