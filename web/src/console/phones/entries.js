/** The pages about phones, and the right each takes. */
const PAGES = [
  { code: 'devices', path: '/phones', label: '手机状况', right: 'device:read' },
  { code: 'refused', path: '/phones/refused', label: '没收下的内容', right: 'quarantine:mend' },
];

export const phonePagesOf = (permissions) => PAGES.filter(({ right }) => permissions.includes(right));
