import { createApp } from 'vue';
import '@/shared/base.css';
import './vant.js';
import './handset.css';
import App from './App.vue';
import { provideApi } from '@/shared/api/provided.js';
import { applyLook } from './look.js';
import { client, open, session } from './field.js';
import { router } from './router.js';

applyLook();
const app = createApp(App).use(router);
provideApi(app, client, session);
app.mount('#app');
open();
navigator.storage?.persist?.();
