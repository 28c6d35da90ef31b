import '../theme/tokens.css';
import './node.css';
import { followColorMode } from '../theme/color-mode.ts';
import { registerIcons } from '../theme/icons.ts';
import './node-app.ts';

followColorMode();
registerIcons();
