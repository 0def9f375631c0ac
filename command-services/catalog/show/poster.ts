/** A poster is a path on this site or an https URL: anything else (`javascript:`, `//elsewhere`, http) is refused. */
export const isPosterAddress = (address: string | null): boolean => {
  if (address === null) return true;
  if (address.startsWith('/')) return /^\/(?![/\\])[^\s\\]*$/.test(address);
  return URL.canParse(address) && new URL(address).protocol === 'https:';
};
