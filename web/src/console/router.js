/**
 * The pages. On the desk the case being read stands in the address, so that a reload or a link finds it again.
 * All but the desk are loaded when they are first opened.
 */
import { createRouter, createWebHashHistory } from 'vue-router';
import DeskPage from './DeskPage.vue';

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: DeskPage, meta: { section: 'desk' } },
    { path: '/events/:id', component: DeskPage, meta: { section: 'desk' } },
    { path: '/dept/month', component: () => import('./dept/MonthPage.vue'), meta: { section: 'dept' } },
    { path: '/dept/:id?', component: () => import('./dept/DeptPage.vue'), meta: { section: 'dept' } },
    { path: '/intake/:tab?', component: () => import('./intake/IntakePage.vue'), meta: { section: 'intake' } },
    { path: '/handover', component: () => import('./handover/HandoverPage.vue'), meta: { section: 'handover' } },
    { path: '/requests', component: () => import('./requests/RequestsPage.vue'), meta: { section: 'requests' } },
    { path: '/whistles', component: () => import('./whistles/WhistlesPage.vue'), meta: { section: 'whistles' } },
    { path: '/supervision/:tab?', component: () => import('./supervision/SupervisionPage.vue'), meta: { section: 'supervision' } },
    { path: '/entry', component: () => import('./entry/EntryPage.vue'), meta: { section: 'entry' } },
    { path: '/brief', component: () => import('./brief/BriefPage.vue'), meta: { section: 'brief' } },
    { path: '/rules', component: () => import('./rules/RulesPage.vue'), meta: { section: 'rules' } },
    { path: '/rules/import', component: () => import('./rules/RulesPage.vue'), meta: { section: 'rules' } },
    { path: '/calendar', component: () => import('./calendar/CalendarPage.vue'), meta: { section: 'calendar' } },
    { path: '/phones', component: () => import('./phones/DevicesPage.vue'), meta: { section: 'phones' } },
    { path: '/phones/refused', component: () => import('./phones/RefusedPage.vue'), meta: { section: 'phones' } },
    { path: '/settings/:entry?', component: () => import('./settings/SettingsPage.vue'), meta: { section: 'settings' } },
    { path: '/:rest(.*)', redirect: '/' },
  ],
});
