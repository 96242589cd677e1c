import { createApp } from 'vue';
import '@/shared/base.css';
import './vant.js';
import './handset.css';
import App from './App.vue';
import { provideApi } from '@/shared/api/provided.js';
import { askToStay } from './device/storage.js';
import { applyLook } from './look.js';
import { open, pageClient, session } from './field.js';
import { router } from './router.js';
import { watchUpdates } from './update/update.js';

applyLook();
const app = createApp(App).use(router);
provideApi(app, pageClient, session);
app.mount('#app');
open();
askToStay();
if (import.meta.env.PROD) watchUpdates();
