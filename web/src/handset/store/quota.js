/** Is it the phone's space that ran out? Engines and Dexie wrap the error differently. */
export const isQuota = (error) =>
  [error?.name, error?.inner?.name, error?.cause?.name].includes('QuotaExceededError') || /quota/i.test(error?.message ?? '');
