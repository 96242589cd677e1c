import { createApp } from 'vue';
import '@/shared/base.css';
import './element.js';
import './console.css';
import './touch.css';
import App from './App.vue';
import { provideApi } from '@/shared/api/provided.js';
import { call } from './urgent.js';
import { client, live, session } from './station.js';
import { router } from './router.js';

const app = createApp(App).use(router);
provideApi(app, client, session);
app.mount('#app');
live.onUrgent(call);
session.restore();
