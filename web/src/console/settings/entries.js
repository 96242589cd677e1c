/** The menu of the settings: what can be set up here, and the right it takes. */
import { defineAsyncComponent } from 'vue';

const view = (load) => defineAsyncComponent(load);

export const ENTRIES = [
  { code: 'users', label: '人员', right: 'account:manage', view: view(() => import('../people/UsersPage.vue')) },
  { code: 'departments', label: '部门', right: 'account:manage', view: view(() => import('../people/DepartmentsPage.vue')) },
  { code: 'posts', label: '岗位', right: 'account:manage', view: view(() => import('../people/PostsPage.vue')) },
  { code: 'areas', label: '区域与网格', right: 'area:manage', view: view(() => import('./areas/AreasPage.vue')) },
  { code: 'delegations', label: '顶岗·代办', right: 'self:read', view: view(() => import('../people/DelegationsPage.vue')) },
  { code: 'standards', label: '立结案标准', right: 'rules:manage', view: view(() => import('../rules/StandardsPage.vue')) },
  { code: 'proposals', label: '权责建议', right: 'rules:manage', view: view(() => import('../rules/ProposalsPage.vue')) },
  { code: 'procedures', label: '办理规定', right: 'procedure:manage', view: view(() => import('./ProcedurePage.vue')) },
  { code: 'ladders', label: '催办升级', right: 'procedure:manage', view: view(() => import('./LadderPage.vue')) },
  { code: 'jobs', label: '后台任务', right: 'job:manage', view: view(() => import('../jobs/JobsPage.vue')) },
  { code: 'notice-rules', label: '通知规则', right: 'notice:manage', view: view(() => import('../notices/NoticeRulesPage.vue')) },
  { code: 'deliveries', label: '通知发送', right: 'notice:manage', view: view(() => import('../notices/DeliveriesPage.vue')) },
];

export const entriesOf = (permissions) => ENTRIES.filter(({ right }) => permissions.includes(right));
