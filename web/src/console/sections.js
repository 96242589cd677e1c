/** The pages of the console and whom they are for; somebody else does not see them at all. */

/** needs: any of these rights opens it. isHidden: it has a button of its own elsewhere. */
export const SECTIONS = [
  { code: 'dept', path: '/dept', label: '部门', needs: ['assignment:handle', 'assignment:confirm'] },
  { code: 'desk', path: '/', label: '工作台', needs: ['event:read'] },
  { code: 'intake', path: '/intake', label: '受理', needs: ['event:intake'] },
  { code: 'handover', path: '/handover', label: '交接班', needs: ['desk:hand_over'], isHidden: true },
  { code: 'requests', path: '/requests', label: '申请', needs: ['event:dispatch', 'event:void', 'event:accept', 'assignment:handle', 'assignment:confirm'] },
  { code: 'whistles', path: '/whistles', label: '吹哨', needs: ['whistle:read'] },
  { code: 'supervision', path: '/supervision', label: '督办', needs: ['supervision:read', 'matter:read'] },
  { code: 'entry', path: '/entry', label: '补录', needs: ['event:enter'], isHidden: true },
  { code: 'brief', path: '/brief', label: '日报', needs: ['report:read'] },
  { code: 'rules', path: '/rules', label: '规则', needs: ['rules:try', 'rules:manage'] },
  { code: 'calendar', path: '/calendar', label: '日历', needs: ['calendar:read', 'calendar:manage'] },
  { code: 'phones', path: '/phones', label: '手机', needs: ['device:read', 'quarantine:mend'] },
  { code: 'settings', path: '/settings', label: '设置', needs: ['account:manage', 'area:manage', 'rules:manage', 'self:read'] },
];
/** Everybody may look at the calendar and arrange a stand-in; that alone is no reason to be here. */
const COMMON = ['calendar:read', 'self:read'];

/** The pages of somebody with these rights; none when the console is not for them. */
export function sectionsOf(permissions) {
  const open = SECTIONS.filter(({ needs }) => needs.some((right) => permissions.includes(right)));
  const isMeant = open.some(({ needs }) => needs.some((right) => !COMMON.includes(right) && permissions.includes(right)));
  return isMeant ? open : [];
}
