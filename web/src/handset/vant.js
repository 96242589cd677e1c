/** The parts of Vant we use, with their styles; its icon font stays out, our icons are one set of SVGs. */
import { showToast } from 'vant';
import 'vant/es/style/base.css';
import 'vant/es/loading/index.css';
import 'vant/es/button/index.css';
import 'vant/es/overlay/index.css';
import 'vant/es/popup/index.css';
import 'vant/es/toast/index.css';
import 'vant/es/dialog/index.css';
import 'vant/es/pull-refresh/index.css';
import 'vant/es/list/index.css';
import 'vant/es/image/index.css';
import 'vant/es/swipe/index.css';
import 'vant/es/swipe-item/index.css';
import 'vant/es/image-preview/index.css';
import 'vant/es/switch/index.css';

export {
  Button as VanButton, ConfigProvider as VanConfigProvider, List as VanList, Popup as VanPopup,
  PullRefresh as VanPullRefresh, Switch as VanSwitch,
  showConfirmDialog, showImagePreview,
} from 'vant';

/** A sentence above the tab bar, long enough to be read. */
export const tell = (message) => showToast({ message, position: 'bottom', duration: 2000 + message.length * 80 });
