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
    { path: '/brief', component: () => import('./brief/BriefPage.vue'), meta: { section: 'brief' } },
    { path: '/rules', component: () => import('./rules/RulesPage.vue'), meta: { section: 'rules' } },
    { path: '/rules/import', component: () => import('./rules/RulesPage.vue'), meta: { section: 'rules' } },
    { path: '/calendar', component: () => import('./calendar/CalendarPage.vue'), meta: { section: 'calendar' } },
    { path: '/settings/:entry?', component: () => import('./settings/SettingsPage.vue'), meta: { section: 'settings' } },
    { path: '/:rest(.*)', redirect: '/' },
  ],
});
