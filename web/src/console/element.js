/** The parts of Element Plus we use, one by one, with their styles. */
import 'element-plus/es/components/base/style/css';
import 'element-plus/es/components/badge/style/css';
import 'element-plus/es/components/button/style/css';
import 'element-plus/es/components/config-provider/style/css';
import 'element-plus/es/components/date-picker/style/css';
import 'element-plus/es/components/dialog/style/css';
import 'element-plus/es/components/input/style/css';
import 'element-plus/es/components/message/style/css';
import 'element-plus/es/components/popover/style/css';
import 'element-plus/es/components/select/style/css';
import 'element-plus/es/components/splitter/style/css';
import 'element-plus/es/components/splitter-panel/style/css';

export { ElBadge } from 'element-plus/es/components/badge/index.mjs';
export { ElButton } from 'element-plus/es/components/button/index.mjs';
export { ElConfigProvider } from 'element-plus/es/components/config-provider/index.mjs';
export { ElDatePicker } from 'element-plus/es/components/date-picker/index.mjs';
export { ElDialog } from 'element-plus/es/components/dialog/index.mjs';
export { ElInput } from 'element-plus/es/components/input/index.mjs';
export { ElMessage } from 'element-plus/es/components/message/index.mjs';
export { ElPopover } from 'element-plus/es/components/popover/index.mjs';
export { ElOption, ElSelect } from 'element-plus/es/components/select/index.mjs';
export { ElSplitter, ElSplitterPanel } from 'element-plus/es/components/splitter/index.mjs';
