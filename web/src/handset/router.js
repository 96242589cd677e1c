/** Pages of the handset; hash routing, because the app may live inside another app's web view. */
import { createRouter, createWebHashHistory } from 'vue-router';
import MePage from './pages/MePage.vue';
import MyReportPage from './pages/MyReportPage.vue';
import MyReportsPage from './pages/MyReportsPage.vue';
import NoticesPage from './pages/NoticesPage.vue';
import PatrolPage from './pages/PatrolPage.vue';
import PinChangePage from './pages/PinChangePage.vue';
import QueuePage from './pages/QueuePage.vue';
import RecordPage from './pages/RecordPage.vue';
import RecordsPage from './pages/RecordsPage.vue';
import ReportPage from './pages/ReportPage.vue';
import SettingsPage from './pages/SettingsPage.vue';
import TaskPage from './pages/TaskPage.vue';
import TasksPage from './pages/TasksPage.vue';
import TodayPage from './pages/TodayPage.vue';

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/today' },
    { path: '/today', component: TodayPage },
    { path: '/report', component: ReportPage },
    { path: '/tasks', component: TasksPage },
    { path: '/tasks/:id', component: TaskPage, props: true },
    { path: '/mine', component: MyReportsPage },
    { path: '/mine/:id', component: MyReportPage, props: true },
    { path: '/queue', component: QueuePage },
    { path: '/patrol', component: PatrolPage },
    { path: '/records', component: RecordsPage },
    { path: '/records/:form/:id', component: RecordPage, props: true },
    { path: '/notices', component: NoticesPage },
    { path: '/me', component: MePage },
    { path: '/settings', component: SettingsPage },
    { path: '/pin', component: PinChangePage },
    { path: '/:rest(.*)', redirect: '/today' },
  ],
});
