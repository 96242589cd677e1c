/** One working page; the case being read stands in the address, so that a reload or a link finds it again. */
import { createRouter, createWebHashHistory } from 'vue-router';
import DeskPage from './DeskPage.vue';

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: DeskPage },
    { path: '/events/:id', component: DeskPage },
    { path: '/:rest(.*)', redirect: '/' },
  ],
});
