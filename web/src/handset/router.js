/** Pages of the handset; hash routing, because the app may live inside another app's web view. */
import { createRouter, createWebHashHistory } from 'vue-router';
import MePage from './pages/MePage.vue';
import MyReportPage from './pages/MyReportPage.vue';
import MyReportsPage from './pages/MyReportsPage.vue';
import NoticesPage from './pages/NoticesPage.vue';
import ReportPage from './pages/ReportPage.vue';
import TaskPage from './pages/TaskPage.vue';
import TasksPage from './pages/TasksPage.vue';

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/report' },
    { path: '/report', component: ReportPage },
    { path: '/tasks', component: TasksPage },
    { path: '/tasks/:id', component: TaskPage, props: true },
    { path: '/mine', component: MyReportsPage },
    { path: '/mine/:id', component: MyReportPage, props: true },
    { path: '/notices', component: NoticesPage },
    { path: '/me', component: MePage },
    { path: '/:rest(.*)', redirect: '/report' },
  ],
});
