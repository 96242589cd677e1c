/** The pages of the console and whom they are for; somebody else does not see them at all. */

/** needs: any of these rights opens it. */
export const SECTIONS = [
  { code: 'desk', path: '/', label: '工作台', needs: ['event:read'] },
  { code: 'brief', path: '/brief', label: '日报', needs: ['report:read'] },
  { code: 'rules', path: '/rules', label: '规则', needs: ['rules:try', 'rules:manage'] },
  { code: 'calendar', path: '/calendar', label: '日历', needs: ['calendar:read', 'calendar:manage'] },
  { code: 'settings', path: '/settings', label: '设置', needs: ['account:manage', 'area:manage'] },
];
/** Everybody may look at the calendar; that alone is no reason to be here. */
const COMMON = 'calendar:read';

/** The pages of somebody with these rights; none when the console is not for them. */
export function sectionsOf(permissions) {
  const open = SECTIONS.filter(({ needs }) => needs.some((right) => permissions.includes(right)));
  const isMeant = open.some(({ needs }) => needs.some((right) => right !== COMMON && permissions.includes(right)));
  return isMeant ? open : [];
}
