/** What one may answer to a task of each kind: result, its word; what the words are for, when they are needed. */
const VERDICTS = {
  verify: { genuine: ['属实'], unfounded: ['不属实', '现场看到什么'], not_found: ['找不到', '找过哪里'] },
  check: { pass: ['通过'], fail: ['不通过', '哪里没办好'] },
};

/** @param {{code: string}} kind of a task @returns {{code: string, label: string, why?: string}[]} */
export const verdicts = ({ code }) => Object.entries(VERDICTS[code] ?? {}).map(([one, [label, why]]) => ({ code: one, label, why }));

/** Must there be a photo? A check always shows how it looks now; what is not there cannot be shown. */
export const needsPhoto = ({ code }, result) => code === 'check' || result === 'genuine';
