import { createApp } from 'vue';
import '@/shared/base.css';
import './element.js';
import './console.css';
import App from './App.vue';
import { provideApi } from '@/shared/api/provided.js';
import { client, session } from './station.js';
import { router } from './router.js';

const app = createApp(App).use(router);
provideApi(app, client, session);
app.mount('#app');
session.restore();
