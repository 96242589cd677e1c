/** The keys of the working page: one table, which the page obeys and the help shows. */

/** act: what the page calls it. keys: as `chord` names them. shown: how the help writes them, if otherwise. */
export const KEYMAP = [
  { group: '选事件', act: 'next', keys: ['j'], words: '下一件' },
  { group: '选事件', act: 'previous', keys: ['k'], words: '上一件' },
  { group: '选事件', act: 'stride', keys: ['ArrowDown', 'ArrowUp', 'PageDown', 'PageUp', 'Home', 'End'], within: '.rows-pane',
    shown: '↑ ↓ 翻页键', words: '在队列里走' },
  { group: '选事件', act: 'open', keys: ['Enter'], words: '看案卷' },
  { group: '选事件', act: 'back', keys: ['Escape'], shown: 'Esc', words: '收起正在填的，回到队列' },
  { group: '办理', act: 'advance', keys: ['a'], words: '照建议办，没有建议就办主要的一步' },
  { group: '办理', act: 'file', keys: ['f'], words: '立案' },
  { group: '办理', act: 'dispatch', keys: ['d'], words: '派遣，接着输入部门；要核实、核查时派人' },
  { group: '办理', act: 'return', keys: ['r'], words: '退回' },
  { group: '办理', act: 'merge', keys: ['m'], words: '并案' },
  { group: '办理', act: 'undo', keys: ['u'], words: '撤回刚派出的' },
  { group: '办理', act: 'print', keys: ['p'], words: '打印' },
  { group: '批量', act: 'tick', keys: ['x'], words: '选中这一行' },
  { group: '批量', act: 'range', keys: ['Shift+x'], shown: 'Shift X', words: '从上次选的选到这一行' },
  { group: '批量', act: 'bulk', keys: ['b'], words: '到批量办理' },
  { group: '查找', act: 'queue', keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'], shown: '1–9', words: '换到第几个队列' },
  { group: '查找', act: 'everything', keys: ['0'], words: '看全部' },
  { group: '查找', act: 'search', keys: ['/'], words: '搜索' },
  { group: '查找', act: 'views', keys: ['v'], words: '到保存的视图' },
  { group: '查找', act: 'help', keys: ['?'], words: '看这张表' },
];

/** How the help writes the keys of a row. */
export const shownKeys = ({ keys, shown }) => shown ?? keys.map((key) => (key.length === 1 ? key.toUpperCase() : key)).join(' ');
